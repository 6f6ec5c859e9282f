export type PostcodeStatus = 'ok' | 'repaired' | 'invalid' | 'missing'

/**
 * A French postcode of five digits. Repaired: four digits get back the zero that a spreadsheet took (01 to 09), blanks and a leading
 * `F-` go, the Corsican 2A and 2B become 20. Null where no département begins so: 01 to 95, 97, 98.
 */
export function normalisePostcode(text: string): {
  readonly value: string | null
  readonly status: PostcodeStatus
} {
  const trimmed = text.trim()
  if (trimmed === '') return { value: null, status: 'missing' }
  const bare = trimmed
    .toUpperCase()
    .replace(/^(F|FR)[-\s]+/, '')
    .replace(/[\s\u00a0.]/g, '')
    .replace(/^2[AB](?=\d{3}$)/, '20')
  const value = /^[1-9]\d{3}$/.test(bare) ? `0${bare}` : bare
  if (!/^(0[1-9]|[1-8]\d|9[0-578])\d{3}$/.test(value)) return { value: null, status: 'invalid' }
  return { value, status: value === trimmed ? 'ok' : 'repaired' }
}
