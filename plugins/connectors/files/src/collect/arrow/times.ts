import { TimeUnit } from 'apache-arrow'

/** Units of a second, and digits of its fraction. */
export const perSecond = {
  [TimeUnit.SECOND]: 1,
  [TimeUnit.MILLISECOND]: 1e3,
  [TimeUnit.MICROSECOND]: 1e6,
  [TimeUnit.NANOSECOND]: 1e9,
} as const

const daySeconds = 86_400n

/** `2024-01-02`, from days since 1970. */
export function dateText(days: bigint): string {
  const time = new Date(Number(days) * 86_400_000)
  const year = time.getUTCFullYear()
  const rest = time.toISOString().slice(-19, -14)
  return `${year < 1 ? `${String(1 - year).padStart(4, '0')}` : String(year).padStart(4, '0')}-${rest}${year < 1 ? ' (BC)' : ''}`
}

/** `03:04:05.5`, from units since midnight. */
export function timeText(units: bigint, unit: TimeUnit): string {
  const each = BigInt(perSecond[unit])
  const seconds = units / each
  const clock = [seconds / 3600n, (seconds / 60n) % 60n, seconds % 60n].map((part) =>
    String(part).padStart(2, '0'),
  )
  const fraction = String(units % each)
    .padStart(String(each).length - 1, '0')
    .replace(/0+$/, '')
  return `${clock.join(':')}${each === 1n || fraction === '' ? '' : `.${fraction}`}`
}

/** `2024-01-02 03:04:05.5`, from units since 1970. */
export function instantText(units: bigint, unit: TimeUnit): string {
  const day = daySeconds * BigInt(perSecond[unit])
  const days = units / day - (units % day < 0n ? 1n : 0n)
  return `${dateText(days)} ${timeText(units - days * day, unit)}`
}
