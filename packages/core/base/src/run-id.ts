import { randomInt } from 'node:crypto'

/**
 * A run's name: UTC second, its millisecond in three hexadecimal digits, a random one (`20261122T014500-3a9f`). Sorts by time, and
 * after `last` even where the clock went back: the millisecond after it is taken then.
 */
export function newRunId(now: Date, last?: string): string {
  const id = idAt(now)
  if (last === undefined || id > last) return id
  return idAt(new Date(timeOf(last) + 1))
}

function idAt(time: Date): string {
  const stamp = time.toISOString().replaceAll(/[-:]/g, '').slice(0, 15)
  const millisecond = time.getUTCMilliseconds().toString(16).padStart(3, '0')
  return `${stamp}-${millisecond}${randomInt(16).toString(16)}`
}

function timeOf(id: string): number {
  const [, year, month, day, hour, minute, second, millisecond] =
    /^(\d{4})(\d\d)(\d\d)T(\d\d)(\d\d)(\d\d)-([0-9a-f]{3})/.exec(id) ?? []
  const time = Date.UTC(
    Number(year),
    Number(month) - 1,
    Number(day),
    Number(hour),
    Number(minute),
    Number(second),
  )
  return time + Number.parseInt(millisecond ?? '0', 16)
}
