/** Characters that Windows-1252 has at 0x80–0x9F. */
const high = '€\u0081‚ƒ„…†‡ˆ‰Š‹Œ\u008dŽ\u008f\u0090‘’“”•–—˜™š›œ\u009džŸ'
const bytes = new Map([...high].map((letter, index) => [letter, 0x80 + index]))
const later = `[\\u0080-\\u00bf${high}]`

/** Two bytes of Latin letters and signs, or three of punctuation, each read as a letter of its own. */
const misread = new RegExp(`[\\u00c2-\\u00c5]${later}|\\u00e2${later}${later}`, 'gu')
const utf8 = new TextDecoder('utf-8', { fatal: true })

/** A text of which UTF-8 was read as Windows-1252 as it was written: `MarÃ©chal` → `Maréchal`. Any other text as it is. */
export function mendMojibake(text: string): string {
  return text.replace(misread, (letters) => {
    const written = Uint8Array.from(letters, (letter) => bytes.get(letter) ?? letter.codePointAt(0)!)
    try {
      return utf8.decode(written)
    } catch {
      return letters
    }
  })
}
