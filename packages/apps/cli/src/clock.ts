import { SillageError } from '@sillage/base'

/**
 * What time it is, for all commands. `SILLAGE_NOW` (ISO, UTC) stands in for the clock: it is there for tests, which must give the same on
 * every day. Throws `clock_invalid`.
 */
export function now(): Date {
  const set = process.env.SILLAGE_NOW
  if (set === undefined || set === '') return new Date()
  const time = new Date(set)
  if (Number.isNaN(time.getTime()))
    throw new SillageError({
      code: 'clock_invalid',
      message: `SILLAGE_NOW is not a time: ${JSON.stringify(set)}`,
      hint: 'write it as 2026-11-29T02:30:00Z, or unset it: it is for tests',
    })
  return time
}
