import { type CountryCode, type PhoneNumber, parsePhoneNumberFromString } from 'libphonenumber-js/max'

export type PhoneStatus = 'mobile' | 'fixed' | 'other' | 'invalid' | 'missing'

/**
 * A number in E.164 (`+33639980857`). A number without a country code is one of `country`; a lost leading zero (`639980857`) is no
 * matter. Null where the country has no numbers of that length: ranges are opened faster than any list of them is written, so a number
 * of an unlisted range is kept. French numbers tell their kind by the first digit (6 and 7 mobile, 1 to 5 fixed), others by
 * libphonenumber's ranges.
 */
export function normalisePhone(
  text: string,
  country: CountryCode,
): { readonly value: string | null; readonly status: PhoneStatus } {
  const trimmed = text.trim()
  if (trimmed === '') return { value: null, status: 'missing' }
  if (!/\d/.test(trimmed)) return { value: null, status: 'invalid' }
  const number = parsePhoneNumberFromString(trimmed.replace('(0)', ''), country)
  if (!number?.isPossible() || isNoFrenchNumber(number)) return { value: null, status: 'invalid' }
  return { value: number.number, status: kindOf(number) }
}

function kindOf(number: PhoneNumber): PhoneStatus {
  if (number.countryCallingCode === '33')
    return /^[67]/.test(number.nationalNumber)
      ? 'mobile'
      : /^[1-5]/.test(number.nationalNumber)
        ? 'fixed'
        : 'other'
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
