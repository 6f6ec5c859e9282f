import { useSpeech } from '../words/language.tsx'

/** A value of a row: what is missing is said, what has parts is shown as JSON. */
export function Cell({ value }: { readonly value: unknown }) {
  const { say } = useSpeech()
  if (value === null || value === undefined)
    return (
      <span class="null">
        <span aria-hidden="true">∅</span>
        <span class="unseen">{say('preview.null')}</span>
      </span>
    )
  if (value === '') return <span class="null">''</span>
  return <>{typeof value === 'object' ? JSON.stringify(value) : String(value)}</>
}
