import type { WriteStream } from 'node:tty'
import { width } from './format.ts'

const enter = '\u001b[?1049h\u001b[?25l'
const leave = '\u001b[?25h\u001b[?1049l'
const home = '\u001b[H'
const clearLine = '\u001b[K'
const clearBelow = '\u001b[J'

/** The second screen of a terminal, drawn anew frame by frame; the first comes back as it was. */
export class Screen implements Disposable {
  readonly #out: WriteStream

  constructor(out: WriteStream) {
    this.#out = out
    out.write(enter)
  }

  /** Shows a text from the top; what does not fit is left out, and told in the last line. */
  draw(text: string): void {
    const { rows = 24, columns = 80 } = this.#out
    const all = text.split('\n')
    const lines = all.length > rows ? [...all.slice(0, rows - 1), `… ${all.length - rows + 1} more`] : all
    this.#out.write(
      `${home}${lines.map((line) => `${cut(line, columns)}${clearLine}`).join('\r\n')}${clearBelow}`,
    )
  }

  [Symbol.dispose](): void {
    this.#out.write(leave)
  }
}

/** A line of at most so many letters, its colours left whole. */
function cut(line: string, most: number): string {
  if (width(line) <= most) return line
  let letters = 0
  let kept = ''
  // biome-ignore lint/suspicious/noControlCharactersInRegex: colour codes begin with escape
  for (const [part] of line.matchAll(/\u001b\[\d+m|[\s\S]/gu)) {
    if (!part.startsWith('\u001b')) letters += 1
    if (letters < most || part.startsWith('\u001b')) kept += part
    else if (letters === most) kept += '…'
  }
  return kept
}
