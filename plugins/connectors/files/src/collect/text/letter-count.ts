import { isAscii, isUtf8 } from 'node:buffer'

/** What the letters of a text tell of its encoding. */
export interface LetterFacts {
  readonly encoding: 'utf-8' | 'windows-1252'
  /** UTF-8 with lines that are none. */
  readonly broken: boolean
  /** Why the guess of Windows-1252 may be wrong. */
  readonly doubt?: 'undefined_bytes' | 'no_letters' | 'lines_of_utf8'
}

const lineFeed = 10
/** Lines that only UTF-8 explains outweigh so many that it does not. */
const weight = 20
const undefinedBytes = new Set([0x81, 0x8d, 0x8f, 0x90, 0x9d])

/**
 * Tells UTF-8 from Windows-1252 by lines. Text in Windows-1252 has hardly ever a line that is UTF-8 with accents; a UTF-8 file into which lines of
 * another encoding got has some, and its broken lines are refused one by one, so that none of the others is misread.
 */
export class LetterCount {
  /** Lines with characters of several bytes, all sound; and lines with bytes that belong to none. */
  readonly #lines = { whole: 0, broken: 0 }
  readonly #bytes = { undefined: 0, letters: 0 }
  #isWide = false
  #isMarked = false
  #isFirst = true
  #whole = false
  #broken = false

  /** Takes the next whole characters. */
  read(text: Buffer): void {
    if (this.#isFirst) this.#isMarked = text[0] === 0xef && text[1] === 0xbb && text[2] === 0xbf
    this.#isFirst = false
    if (isUtf8(text)) this.#isWide ||= !isAscii(this.#isMarked ? text.subarray(3) : text)
    else this.#readEach(text)
  }

  get facts(): LetterFacts {
    this.#endLine()
    const { whole, broken } = this.#lines
    if (broken === 0 || this.#isMarked || this.#isWide || broken <= weight * whole)
      return { encoding: 'utf-8', broken: broken > 0 }
    const { undefined: none, letters } = this.#bytes
    const doubt =
      none > 0 ? 'undefined_bytes' : letters === 0 ? 'no_letters' : whole > 0 ? 'lines_of_utf8' : undefined
    return { encoding: 'windows-1252', broken: false, ...(doubt ? { doubt } : {}) }
  }

  #readEach(text: Buffer): void {
    for (let at = 0; at < text.length; at += 1) {
      const byte = text[at]!
      if (byte === lineFeed) this.#endLine()
      if (byte < 0x80) continue
      const length = byte >= 0xc2 && byte < 0xf5 ? lengthOf(byte) : 1
      if (length > 1 && isUtf8(text.subarray(at, at + length))) {
        this.#whole = true
        at += length - 1
        continue
      }
      this.#broken = true
      if (undefinedBytes.has(byte)) this.#bytes.undefined += 1
      else if (isLetter(byte)) this.#bytes.letters += 1
    }
  }

  #endLine(): void {
    if (this.#broken) this.#lines.broken += 1
    else if (this.#whole) this.#lines.whole += 1
    this.#broken = false
    this.#whole = false
  }
}

/** Letters of the West in Windows-1252; those of it that other encodings put elsewhere (Š, Ž) are none. */
function isLetter(byte: number): boolean {
  return (byte >= 0xc0 && byte !== 0xd7 && byte !== 0xf7) || byte === 0x8c || byte === 0x9c || byte === 0x9f
}

/** Bytes of a character of UTF-8 by its first one. */
export function lengthOf(first: number): number {
  return first >= 0xf0 ? 4 : first >= 0xe0 ? 3 : 2
}
