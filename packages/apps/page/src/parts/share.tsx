import { useSpeech } from '../words/language.tsx'

/** A share in [0, 1] as a bar with its number. */
export function Share({ value }: { readonly value: number }) {
  const { percent } = useSpeech()
  return (
    <span class="share">
      <svg viewBox="0 0 100 8" preserveAspectRatio="none" aria-hidden="true" focusable="false">
        <rect class="share-all" width="100" height="8" rx="2" />
        <rect class="share-part" width={Math.max(1, value * 100)} height="8" rx="2" />
      </svg>
      {percent(value)}
    </span>
  )
}
