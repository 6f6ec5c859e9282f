import colors from 'picocolors'

const integers = new Intl.NumberFormat('en-US')

/** `541,909`. */
export function count(value: number): string {
  return integers.format(value)
}

export function duration(seconds: number): string {
  if (seconds < 60) return `${seconds.toFixed(seconds < 10 ? 2 : 1)} s`
  return `${Math.floor(seconds / 60)} min ${Math.round(seconds % 60)} s`
}

/** A value of a JSON row in a table cell. */
export function cell(value: unknown): string {
  if (value === null || value === undefined) return colors.dim('∅')
  if (typeof value === 'object') return JSON.stringify(value)
  return String(value).replaceAll(/[\n\r\t]/g, '␤')
}

/** Width on the terminal, colours left aside. */
export function width(text: string): number {
  // biome-ignore lint/suspicious/noControlCharactersInRegex: colour codes begin with escape
  return [...text.replaceAll(/\u001b\[\d+m/g, '')].length
}
