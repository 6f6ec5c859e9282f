import type { Amount } from './budget.ts'

/** The integer of cents; undefined where it is no amount of at most two decimals, or too large to be exact. */
export function toCents(amount: Amount): number | undefined {
  const [, whole, part = ''] = /^(\d{1,13})(?:\.(\d{1,2}))?$/.exec(String(amount)) ?? []
  return whole === undefined ? undefined : Number(whole) * 100 + Number(part.padEnd(2, '0'))
}

/** `12,345.60`; without decimals where there are no cents. */
export function centsText(cents: number): string {
  const sign = cents < 0 ? '-' : ''
  const whole = String(Math.trunc(Math.abs(cents) / 100)).replace(/\B(?=(\d{3})+$)/g, ',')
  const part = Math.abs(cents) % 100
  return part === 0 ? sign + whole : `${sign}${whole}.${String(part).padStart(2, '0')}`
}
