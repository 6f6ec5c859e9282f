import { type Cell, type Format, isHidden } from './cell.ts'

/** Writes values in a language. */
export interface Formats {
  readonly cell: (cell: Cell, format: Format) => string
  readonly money: (cents: number, currency?: string) => string
}

/** `currency` is an ISO 4217 code; without one money is a number with two decimals. */
export function makeFormats(locale: 'en' | 'fr', currency: string | undefined): Formats {
  const number = (options: Intl.NumberFormatOptions): ((value: string | number) => string) => {
    const writer = new Intl.NumberFormat(locale === 'fr' ? 'fr-FR' : 'en-US', options)
    return (value) => writer.format(value as `${number}`)
  }
  const moneyIn = (code: string | undefined): ((value: string | number) => string) =>
    number(
      code === undefined
        ? { minimumFractionDigits: 2, maximumFractionDigits: 2 }
        : { style: 'currency', currency: code },
    )
  const writers: Readonly<
    Record<Exclude<Format, 'text' | 'written' | 'date' | 'day_time'>, (value: string | number) => string>
  > = {
    count: number({ maximumFractionDigits: 0 }),
    number: number({ maximumFractionDigits: 3 }),
    money: moneyIn(currency),
    share: number({ style: 'percent', minimumFractionDigits: 1, maximumFractionDigits: 1 }),
  }
  const date = (iso: string): string =>
    locale === 'fr' ? iso.slice(0, 10).split('-').reverse().join('/') : iso.slice(0, 10)
  return {
    cell: (cell, format) => {
      if (cell === null) return '–'
      if (isHidden(cell)) return 'below' in cell ? `<${cell.below}` : '…'
      if (Array.isArray(cell)) return cell.join(', ')
      switch (format) {
        case 'text':
        case 'written':
          return typeof cell === 'object' ? JSON.stringify(cell) : String(cell)
        case 'date':
          return date(String(cell))
        case 'day_time':
          return `${date(String(cell))} ${String(cell).slice(11, 16)}`
        case 'count':
        case 'number':
        case 'money':
        case 'share':
          return Number.isFinite(Number(cell)) ? writers[format](cell as string | number) : String(cell)
      }
    },
    money: (cents, code) => moneyIn(code ?? currency)(centsToText(cents)),
  }
}

/** Cents as a decimal text, exact. */
function centsToText(cents: number): string {
  const digits = String(Math.abs(cents)).padStart(3, '0')
  return `${cents < 0 ? '-' : ''}${digits.slice(0, -2)}.${digits.slice(-2)}`
}
