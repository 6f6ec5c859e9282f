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
  if (typeof value === 'object') return JSON.stringify(value)
  return String(value).replaceAll(/[\n\r\t]/g, '␤')
}

/** Width on the terminal, colours left aside. */
export function width(text: string): number {
  // biome-ignore lint/suspicious/noControlCharactersInRegex: colour codes begin with escape
  return [...text.replaceAll(/\u001b\[\d+m/g, '')].length
}
