import { type PhoneNumber, parsePhoneNumberFromString } from 'libphonenumber-js/max'
import { bareText, withoutDecimal } from './bare-text.ts'
import type { RowCountry } from './country.ts'
import { frenchPlan, isOfFrenchPlan, overseas } from './french-plan.ts'

export type PhoneStatus = 'mobile' | 'fixed' | 'other' | 'invalid' | 'missing'

const label =
  /^(?:t[ée]l(?:[ée]phone|\.)?|phone|mob(?:ile|\.)?|portable|port\.|fixe|gsm|fax)\s*[.:]?\s*(?=[+(\d])/iu
const extension =
  /[\s,;(]*(?:\b(?:poste|ext(?:ension)?|durchwahl|anexo|int(?:erno)?)|\bp\.|\bx|#)[.:=]?\s*\d{1,6}\)?$/iu

/**
 * A number in E.164 (`+33639980857`), by the plan that it belongs to: `0692 12 34 56` and `+33 692 12 34 56` are `+262692123456`. A number
 * without a country code is one of `country`; a lost leading zero (`639980857`) is no matter, nor are blanks, marks and an extension. Null
 * where the country has no numbers of that length, and where a cell holds two numbers: ranges are opened faster than any list of them is
 * written, so a number of an unlisted range is kept. French numbers tell their kind by the first digit (6 and 7 mobile, 1 to 5 fixed),
 * others by libphonenumber's ranges.
 */
export function normalisePhone(
  text: string,
  country: RowCountry,
): { readonly value: string | null; readonly status: PhoneStatus } {
  const bare = withoutDecimal(inAscii(bareText(text)))
    .replace(label, '')
    .replace(extension, '')
  if (bare === '') return { value: null, status: 'missing' }
  if (!/\d/.test(bare) || holdsMore(bare)) return { value: null, status: 'invalid' }
  const usual = country !== null && isOfFrenchPlan(country) ? 'FR' : (country ?? undefined)
  const number = parsePhoneNumberFromString(bare.replace(/\(\s*0\s*\)/, '0'), usual)
  if (!number?.isPossible() || isNoFrenchNumber(number) || leavesOut(number, bare))
    return { value: null, status: 'invalid' }
  const { code, national } = frenchPlan(number)
  return { value: `+${code}${national}`, status: kindOf(number, { code, national }) }
}

/** Digits and signs of full width in their usual form. */
function inAscii(text: string): string {
  return /^[ -~]*$/.test(text) ? text : text.normalize('NFKC')
}

/** Letters or a list's signs between digits: two numbers, or something else than a number. */
function holdsMore(text: string): boolean {
  return /\d[^\d]*[\p{L};|][^\d]*\d/u.test(text)
}

/** More digits than a prefix for abroad, a country code and a trunk zero explain. */
function leavesOut({ nationalNumber, ext }: PhoneNumber, text: string): boolean {
  return ext !== undefined || text.replace(/\D/g, '').length > nationalNumber.length + 6
}

function kindOf(
  number: PhoneNumber,
  { code, national }: { readonly code: string; readonly national: string },
): PhoneStatus {
  if (code === '33' || overseas.has(code))
    return /^[67]/.test(national) ? 'mobile' : /^[1-5]/.test(national) ? 'fixed' : 'other'
  switch (number.getType()) {
    case 'MOBILE':
      return 'mobile'
    case 'FIXED_LINE':
      return 'fixed'
    default:
      return 'other'
  }
}

/** No French number begins with two zeros; others may, such as Italian landlines. */
function isNoFrenchNumber({ countryCallingCode, nationalNumber }: PhoneNumber): boolean {
  return countryCallingCode === '33' && nationalNumber.startsWith('0')
}
