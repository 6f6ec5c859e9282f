import { randomBytes } from 'node:crypto'

/** A run's name: UTC second, then four random hexadecimal digits (`20261122T014500-3fa9`). Sorts by time. */
export function newRunId(now: Date): string {
  const stamp = now.toISOString().replaceAll(/[-:]/g, '').slice(0, 15)
  return `${stamp}-${randomBytes(2).toString('hex')}`
}
