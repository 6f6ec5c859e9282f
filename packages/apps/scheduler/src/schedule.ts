import { isTimeZone } from '@sillage/base'
import { Cron } from 'croner'

/** When something is due: a cron line of five fields in a time zone. */
export interface Schedule {
  /** As written. */
  readonly text: string
  readonly zone: string
  /** The first time after `from`; undefined where there is none. */
  next(from: Date): Date | undefined
}

/** A schedule, or what is wrong with its text and what to write instead. */
export type ParsedSchedule =
  | { readonly schedule: Schedule }
  | { readonly problem: string; readonly hint: string }

const example = 'write it as "0 6 * * 1-5 Europe/Paris": minute, hour, day, month, weekday, time zone'

/**
 * Reads `minute hour day month weekday [zone]`; without a zone it is UTC, as everything else is. Where a clock is put forward, a time
 * that the day does not have is taken as the gap ends; where it is put back, a time that comes twice is taken once.
 */
export function parseSchedule(text: string): ParsedSchedule {
  const words = text.trim().split(/\s+/)
  if (words.length < 5 || words.length > 6)
    return { problem: `it has ${words.length} words instead of five or six`, hint: example }
  const zone = words[5] ?? 'UTC'
  if (!isTimeZone(zone))
    return {
      problem: `there is no time zone "${zone}"`,
      hint: 'name it as in Europe/Paris, or leave it out for UTC',
    }
  let cron: Cron
  try {
    cron = new Cron(words.slice(0, 5).join(' '), { mode: '5-part', timezone: zone })
  } catch (error) {
    return { problem: plain(error), hint: example }
  }
  const next = (from: Date): Date | undefined => cron.nextRun(from) ?? undefined
  if (!next(new Date(0))) return { problem: 'that day never comes', hint: example }
  return { schedule: { text, zone, next } }
}

function plain(error: unknown): string {
  const text = error instanceof Error ? error.message : String(error)
  return text.replace(/^CronPattern: /, '')
}
