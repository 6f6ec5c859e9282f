import colors from 'picocolors'

/** Made at the first number: it takes longer than to read a pipeline. */
let numbers: Intl.NumberFormat | undefined

/** `541,909`. */
export function count(value: number): string {
  numbers ??= new Intl.NumberFormat('en-US')
  return numbers.format(value)
}

export function duration(seconds: number): string {
  if (seconds < 60) return `${seconds.toFixed(seconds < 10 ? 2 : 1)} s`
  return `${Math.floor(seconds / 60)} min ${Math.round(seconds % 60)} s`
}

/** `4.2 MB`. */
export function size(bytes: number): string {
  const units = ['B', 'kB', 'MB', 'GB', 'TB']
  const power = bytes < 1 ? 0 : Math.min(units.length - 1, Math.floor(Math.log10(bytes) / 3))
  return `${(bytes / 1000 ** power).toFixed(power === 0 ? 0 : 1)} ${units[power]}`
}

/** A value of a JSON row in a table cell. */
export function cell(value: unknown): string {
  if (value === null || value === undefined) return colors.dim('∅')
  return onOneLine(typeof value === 'object' ? JSON.stringify(value) : String(value))
}

/** Text of others on one line of a terminal: a value of a file must not move its cursor, change its title or hide what was printed. */
export function onOneLine(text: string): string {
  return harmless(text.replaceAll(/[\n\r\t]/g, '␤'))
}

/** Text of others, with its line breaks. */
export function harmless(text: string): string {
  return text.replaceAll(/(?![\n\t])[\p{Cc}\u202a-\u202e\u2066-\u2069]/gu, '�')
}

/** A colour as picocolors writes it. The group keeps it where a text is split. */
// biome-ignore lint/suspicious/noControlCharactersInRegex: colour codes begin with escape
export const colourCode = /(\u001b\[\d+m)/g

/** Width on the terminal, colours left aside. */
export function width(text: string): number {
  return [...text.replaceAll(colourCode, '')].length
}
