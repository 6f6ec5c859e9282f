import { type PhoneNumber, parsePhoneNumberFromString } from 'libphonenumber-js/max'

/** Blocks of the French numbering plan that have a country code of their own (Arcep), without the leading zero, by that code. */
const blocks: readonly (readonly [code: string, block: RegExp])[] = [
  ['262', /^(262|263|269|639|692|693)/],
  ['590', /^(590|690|691)/],
  ['594', /^(594|694)/],
  ['596', /^(596|696|697)/],
]

/** Arcep keeps these for films and examples, of the mainland. */
const fiction = /^63998/

/** Where blocks of overseas numbers have been opened since, among those of the mainland. */
const opened = /^[79]/

/** Country codes of the overseas départements, whose numbers are dialled as French ones within France. */
export const overseas: ReadonlySet<string> = new Set(blocks.map(([code]) => code))

const countries = new Set(['FR', 'GP', 'MQ', 'GF', 'RE', 'YT', 'BL', 'MF'])

/** Whether numbers without a country code are read by the French plan there. */
export function isOfFrenchPlan(country: string): boolean {
  return countries.has(country)
}

/** The country code and national number under which a number of the French plan is reached; of others what they have. */
export function frenchPlan(number: PhoneNumber): {
  readonly code: string
  readonly national: string
} {
  const national: string = number.nationalNumber
  if (number.countryCallingCode !== '33') return { code: number.countryCallingCode, national }
  return { code: codeOf(number, national), national }
}

/** By the block, unless the lists know the number under exactly one other code: blocks have been split since. */
function codeOf(number: PhoneNumber, national: string): string {
  if (fiction.test(national)) return '33'
  const [own] = blocks.find(([, block]) => block.test(national)) ?? []
  if (own === undefined && (!opened.test(national) || number.isValid())) return '33'
  if (own !== undefined && isValid(own, national)) return own
  const others = [...overseas].filter((code) => isValid(code, national))
  return others.length === 1 ? others[0]! : (own ?? '33')
}

function isValid(code: string, national: string): boolean {
  return parsePhoneNumberFromString(`+${code}${national}`)?.isValid() ?? false
}
