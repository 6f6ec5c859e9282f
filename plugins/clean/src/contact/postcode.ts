import { bareText, withoutDecimal } from './bare-text.ts'
import type { RowCountry } from './country.ts'

export type PostcodeStatus = 'ok' | 'repaired' | 'foreign' | 'invalid' | 'missing'

/** Where the codes of La Poste are used. */
const french = new Set('FR GP MQ GF RE YT PM BL MF WF PF NC MC TF'.split(' '))

/**
 * A postcode. In France and Monaco it has five digits; repaired: four digits get back the zero that a spreadsheet took (01 to 09), blanks
 * and a leading `F-` go, the Corsican 2A and 2B become 20; null where no département begins so: 01 to 95, 97, 98. Of another country, or of
 * a country that is not known, the code stays as it was written, but for the marks around it, and is called `foreign`.
 */
export function normalisePostcode(
  text: string,
  country: RowCountry = 'FR',
): {
  readonly value: string | null
  readonly status: PostcodeStatus
} {
  const bare = withoutDecimal(bareText(text))
  if (bare === '') return { value: null, status: 'missing' }
  if (country === null || !french.has(country)) return { value: bare.toUpperCase(), status: 'foreign' }
  const digits = bare
    .normalize('NFKC')
    .toUpperCase()
    .replace(/^(FR|F)[-\s]*(?=\d)/, '')
    .replace(/,(?=\d{3}$)/, '')
    .replace(/[\s.]/g, '')
    .replace(/^2[AB](?=\d{3}$)/, '20')
  const value = /^[1-9]\d{3}$/.test(digits) ? `0${digits}` : digits
  if (!/^(0[1-9]|[1-8]\d|9[0-578])\d{3}$/.test(value)) return { value: null, status: 'invalid' }
  return { value, status: value === text.trim() ? 'ok' : 'repaired' }
}
