import { randomInt } from 'node:crypto'

/** A run's name: UTC second, its millisecond in three hexadecimal digits, a random one (`20261122T014500-3a9f`). Sorts by time. */
export function newRunId(now: Date): string {
  const stamp = now.toISOString().replaceAll(/[-:]/g, '').slice(0, 15)
  const millisecond = now.getUTCMilliseconds().toString(16).padStart(3, '0')
  return `${stamp}-${millisecond}${randomInt(16).toString(16)}`
}
