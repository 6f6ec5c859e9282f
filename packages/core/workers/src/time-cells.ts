import type { Cell } from '@sillage/sdk'

const dayMs = 86_400_000
const secondNs = 1_000_000_000n
const isoDay = /^(\d{4})-(\d\d)-(\d\d)$/
const clock = /^(\d\d):(\d\d):(\d\d)(?:\.(\d{1,9}))?$/
const instant = /^(\d{4}-\d\d-\d\d)[T ](\d\d:\d\d:\d\d(?:\.\d{1,9})?)(Z|[+-]\d\d:?\d\d)?$/

/** Days since 1970-01-01 of a day; undefined where it is none. */
export function daysOf(cell: Cell): number | undefined {
  if (typeof cell === 'number') return Number.isInteger(cell) ? cell : undefined
  if (cell instanceof Date) return finite(Math.floor(cell.getTime() / dayMs))
  const [, year, month, day] = (typeof cell === 'string' && isoDay.exec(cell)) || []
  if (year === undefined) return undefined
  // Date.UTC takes years below 100 for those of the last century.
  const at = new Date(0)
  at.setUTCFullYear(Number(year), Number(month) - 1, Number(day))
  return at.toISOString().slice(0, 10) === cell ? at.getTime() / dayMs : undefined
}

/** Units since midnight, `perSecond` of them a second; undefined for what is no time of a day or finer than a unit. */
export function timeOf(cell: Cell, perSecond: bigint): bigint | undefined {
  const units = typeof cell === 'string' ? unitsOf(nanosOfClock(cell), perSecond) : wholeOf(cell)
  return units !== undefined && units >= 0n && units < 86_400n * perSecond ? units : undefined
}

/** Units since 1970-01-01T00:00:00 (in UTC where it has a zone); a text says an offset if and only if the type has a zone. */
export function timestampOf(
  cell: Cell,
  { perSecond, hasZone }: { readonly perSecond: bigint; readonly hasZone: boolean },
): bigint | undefined {
  if (cell instanceof Date) {
    const ms = finite(cell.getTime())
    return ms === undefined ? undefined : unitsOf(BigInt(ms) * 1_000_000n, perSecond)
  }
  if (typeof cell !== 'string') return wholeOf(cell)
  const [, day, time, zone] = instant.exec(cell) ?? []
  if (day === undefined || (zone !== undefined) !== hasZone) return undefined
  const days = daysOf(day)
  const nanos = nanosOfClock(time!)
  if (days === undefined || nanos === undefined) return undefined
  const minutes = offsetOf(zone)
  if (minutes === undefined) return undefined
  return unitsOf(BigInt(days) * 86_400n * secondNs + nanos - minutes * 60n * secondNs, perSecond)
}

export function wholeOf(cell: Cell): bigint | undefined {
  if (typeof cell === 'bigint') return cell
  return typeof cell === 'number' && Number.isSafeInteger(cell) ? BigInt(cell) : undefined
}

function nanosOfClock(text: string): bigint | undefined {
  const [, hour, minute, second, fraction = ''] = clock.exec(text) ?? []
  if (hour === undefined || Number(hour) > 23 || Number(minute) > 59 || Number(second) > 59) return undefined
  const seconds = BigInt(hour) * 3600n + BigInt(minute!) * 60n + BigInt(second!)
  return seconds * secondNs + BigInt(fraction.padEnd(9, '0'))
}

function unitsOf(nanos: bigint | undefined, perSecond: bigint): bigint | undefined {
  if (nanos === undefined) return undefined
  const unit = secondNs / perSecond
  return nanos % unit === 0n ? nanos / unit : undefined
}

/** Minutes that a clock of the zone is ahead. */
function offsetOf(zone: string | undefined): bigint | undefined {
  if (zone === undefined || zone === 'Z') return 0n
  const hours = Number(zone.slice(1, 3))
  const minutes = Number(zone.slice(-2))
  if (hours > 15 || minutes > 59) return undefined
  return BigInt((zone.startsWith('-') ? -1 : 1) * (hours * 60 + minutes))
}

function finite(value: number): number | undefined {
  return Number.isFinite(value) ? value : undefined
}
