import { decodeHTMLStrict } from 'entities/decode'

const scripts = 'Arabic Devanagari Bengali Gurmukhi Gujarati Oriya Tamil Telugu Kannada Malayalam Sinhala'
  .split(' ')
  .map((script) => `\\p{Script=${script}}`)
  .join('')
/** Characters without width go; the two joiners stay between the letters of the scripts in which they have a meaning. */
const invisible = new RegExp(
  `((?<=[${scripts}])[\\u200c\\u200d](?=\\p{L}))|\\p{Default_Ignorable_Code_Point}`,
  'gu',
)
const blanks = /[\p{Z}\t\n\v\f\r\u0085]+/gu
/** What nearly all values have none of. */
const suspicious = /[^ !#-%(-<>-~]|^ | $| {2}/

/**
 * A value without what exports, pages and copying put into or around it: HTML entities, characters without width, blanks of typography,
 * `="…"`, quotation marks and the apostrophe that keeps a spreadsheet from reading a number. Unicode NFC.
 */
export function bareText(text: string): string {
  if (!suspicious.test(text)) return text
  const shown = decoded(text).replace(invisible, '$1').replace(blanks, ' ').trim().normalize('NFC')
  return unmarked(shown)
}

/** Shops write entities over entities (`&amp;eacute;`); no name, number or address means one. */
function decoded(text: string): string {
  let known = text
  for (let round = 0; round < 3 && known.includes('&'); round++) known = decodeHTMLStrict(known)
  return known
}

const wrappings = [/^=\s*"(.*)"$/su, /^"(.*)"$/su, /^“(.*)”$/su, /^«(.*)»$/su, /^'([^']*)'$/su]

function unmarked(text: string): string {
  let known = text
  for (;;) {
    const wrapped = wrappings.find((form) => form.test(known))
    // `'t Hart`, `'s-Gravenhage`: the Dutch article is no mark.
    const next = wrapped
      ? known.replace(wrapped, '$1').trim()
      : known
          .replace(/^'(?![tsn][ -])(?=.)/iu, '')
          .replace(/^=(?=[+\d])/, '')
          .trim()
    if (next === known) return known
    known = next
  }
}

/** A number that a spreadsheet wrote with a decimal (`1000.0`) as it was. */
export function withoutDecimal(text: string): string {
  return text.replace(/^([+\d][\d ]*)[.,]0{1,2}$/, '$1')
}
