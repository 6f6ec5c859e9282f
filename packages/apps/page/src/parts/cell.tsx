import { useSpeech } from '../words/language.tsx'
import { type WrittenColumn, written } from '../words/written.ts'

/**
 * A value of a row: what is missing is said, what has parts is shown as JSON. Of a known column it is written as people of the language do, with
 * the value itself, by which one filters, under the pointer; else as it came.
 */
export function Cell({ value, column }: { readonly value: unknown; readonly column?: WrittenColumn }) {
  const { say, language } = useSpeech()
  if (value === null || value === undefined)
    return (
      <span class="null">
        <span aria-hidden="true">∅</span>
        <span class="unseen">{say('preview.null')}</span>
      </span>
    )
  if (value === '') return <span class="null">''</span>
  const text = column && written(value, column, language)
  if (text !== undefined) return <span title={String(value)}>{text}</span>
  return <>{typeof value === 'object' ? JSON.stringify(value) : String(value)}</>
}
