/** Why two sums that should be one differ; `nine`: a zero or swapped digits somewhere among their parts. */
export type GapCause = 'zero_too_many' | 'zero_too_few' | 'swapped_digits' | 'nine'

/**
 * The probable cause of a gap. One that nine divides is the accountant's sign of a slipped zero or of swapped digits, since 10a − a = 9a and
 * (10a + b) − (10b + a) = 9(a − b). Undefined where nine does not divide it, or there is none. Sums are integers of cents.
 */
export function gapCause(written: number, meant: number): GapCause | undefined {
  const gap = written - meant
  if (gap === 0 || gap % 9 !== 0) return undefined
  if (written === 10 * meant) return 'zero_too_many'
  if (meant === 10 * written) return 'zero_too_few'
  return areSwapped(String(written), String(meant)) ? 'swapped_digits' : 'nine'
}

/** True where exchanging two digits makes one of the other. */
function areSwapped(a: string, b: string): boolean {
  if (a.length !== b.length) return false
  const places = [...a].flatMap((digit, place) => (digit === b[place] ? [] : [place]))
  const [first, second] = places
  return places.length === 2 && a[first!] === b[second!] && a[second!] === b[first!]
}
