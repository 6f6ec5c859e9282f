/** What a text is compared as. */
export type Comparable =
  | { readonly kind: 'number'; readonly whole: bigint; readonly fraction: string }
  | { readonly kind: 'instant'; readonly whole: bigint; readonly fraction: string }
  | { readonly kind: 'text' }

const number = /^([+-]?)(\d+)(?:\.(\d+))?$/
const instant =
  /^(\d{4}-\d{2}-\d{2})(?:[T ](\d{2}:\d{2})(?::(\d{2})(?:[.,](\d+))?)?\s*(Z|[+-]\d{2}(?::?\d{2})?)?)?$/i
/** As HTTP and e-mail write it. */
const named = /^[A-Z][a-z]{2}, \d{1,2} [A-Z][a-z]{2} \d{4} \d{2}:\d{2}:\d{2} (GMT|UTC|[+-]\d{4})$/

/** Reads a number, or an ISO date or time (without an offset in UTC), with all digits of its fraction. */
export function comparableOf(text: string): Comparable {
  const digits = number.exec(text)
  if (digits) {
    const [, sign, whole, fraction = ''] = digits
    return toParts('number', BigInt(whole!), fraction, sign === '-')
  }
  const time = instant.exec(text)
  const ms = time ? Date.parse(isoOf(time)) : named.test(text) ? Date.parse(text) : Number.NaN
  if (Number.isNaN(ms)) return { kind: 'text' }
  return toParts('instant', BigInt(ms) / 1000n, time?.[4] ?? '', false)
}

function isoOf([, day, minute = '00:00', second = '00', , offset = 'Z']: RegExpExecArray): string {
  const zone = /^[+-]\d{2}$/.test(offset) ? `${offset}:00` : offset.replace(/^([+-]\d{2})(\d{2})$/, '$1:$2')
  return `${day}T${minute}:${second}${zone.toUpperCase()}`
}

/** A number below zero as the whole number below it and what it has above that, so that parts compare one by one. */
function toParts(
  kind: 'number' | 'instant',
  whole: bigint,
  written: string,
  isNegative: boolean,
): Comparable {
  const fraction = written.replace(/0+$/, '')
  if (!isNegative) return { kind, whole, fraction }
  if (fraction === '') return { kind, whole: -whole, fraction }
  const above = (10n ** BigInt(fraction.length) - BigInt(fraction)).toString().padStart(fraction.length, '0')
  return { kind, whole: -whole - 1n, fraction: above }
}

/** Below zero where the first comes before the second, 0 where they are the same; numbers and instants by what they are, all else as text. */
export function compareTexts(a: string, b: string): number {
  const [one, other] = [comparableOf(a), comparableOf(b)]
  if (one.kind === 'text' || other.kind === 'text' || one.kind !== other.kind)
    return a < b ? -1 : a > b ? 1 : 0
  if (one.whole !== other.whole) return one.whole < other.whole ? -1 : 1
  return one.fraction < other.fraction ? -1 : one.fraction > other.fraction ? 1 : 0
}
