/** Characters of the bytes 0x80 to 0x9F (WHATWG Encoding Standard); the bytes without a character keep their control code. */
const high = '€\u0081‚ƒ„…†‡ˆ‰Š‹Œ\u008DŽ\u008F\u0090‘’“”•–—˜™š›œ\u009DžŸ'
const byteByChar = new Map([...high].map((char, index) => [char, 0x80 + index]))

/** The bytes of a text; throws where it has a character that Windows-1252 lacks. */
export function toWindows1252(text: string): Uint8Array {
  return Uint8Array.from(text, (char) => {
    const code = char.codePointAt(0)!
    const byte = byteByChar.get(char) ?? (code < 0x80 || (code >= 0xa0 && code <= 0xff) ? code : undefined)
    if (byte === undefined) throw new Error(`Windows-1252 has no ${JSON.stringify(char)}`)
    return byte
  })
}

export function fromWindows1252(bytes: Uint8Array): string {
  return Array.from(bytes, (byte) =>
    byte >= 0x80 && byte <= 0x9f ? high[byte - 0x80]! : String.fromCharCode(byte),
  ).join('')
}
