import { dayIn, isTimeZone, shiftDay } from '@sillage/base'
import { type Calendar, dayOf, isDayWord } from './day-word.ts'
import { interpolate, type ParamValue } from './interpolate.ts'
import { readParams } from './params.ts'
import type { Section } from './section.ts'
import type { Locator } from './yaml-source.ts'

/** "Today" where nothing is run: the clock is not asked, so that the answer is the same each time. */
const whenNothingRuns = '2000-01-01'

interface CalendarFacts {
  readonly text: Readonly<Record<string, unknown>>
  readonly sections: readonly Section[]
  readonly declared: Parameters<typeof readParams>[0]['declared']
  /** Values of `--param`. */
  readonly given: Readonly<Record<string, string>>
  readonly env: Readonly<Record<string, string | undefined>>
  readonly locate: Locator
  /** Of `--as-of`: an ISO date or a word. */
  readonly asOf?: string | undefined
  /** The clock; undefined where nothing is run. */
  readonly now?: Date | undefined
}

/** What the pipeline's days come to. */
export interface Days {
  readonly calendar: Calendar
  /** The as-of date; undefined where the pipeline has none. An ISO date, unless the file holds something else. */
  readonly asOf: string | undefined
  readonly source: 'today' | 'yesterday' | 'given' | 'file'
  /** Values of parameters, with the one that the as-of date is taken from. */
  readonly given: Readonly<Record<string, string>>
}

/**
 * Resolves `today` and `yesterday`. A day that is given wins over the file and over the parameter that the file takes it from; the other days of
 * the pipeline are then counted from it too, so that it makes the same whenever it is run.
 */
export function resolveDays({
  text,
  sections,
  declared,
  given,
  env,
  locate,
  asOf,
  now,
}: CalendarFacts): Days {
  const own = new Set(Object.keys(declared))
  const known = Object.fromEntries(Object.entries(given).filter(([name]) => own.has(name)))
  const { params } = readParams({ declared, given: known, locate })
  const read = (value: unknown): unknown => interpolate(value, { env, params, locate }).value
  const ofSections = sections.map(({ key, pipeline }) => pipeline?.zone?.(read(text[key])))
  const [zone, written] = [zoneOf([read(text.time_zone), ...ofSections]), read(text.as_of)]
  const clock: Calendar = { zone, today: now ? dayIn(zone, now) : whenNothingRuns }
  if (asOf === undefined) {
    const day = isDayWord(written) ? dayOf(written, clock) : (written as ParamValue | undefined)
    return {
      calendar: clock,
      asOf: day === undefined ? undefined : String(day),
      source: isDayWord(written) ? written : 'file',
      given,
    }
  }
  const day = isDayWord(asOf) ? dayOf(asOf, clock) : asOf
  const name = /^\$\{param:(\w+)\}$/.exec(String(text.as_of))?.[1]
  return {
    calendar: { zone, today: written === 'yesterday' ? shiftDay(day, 1) : day },
    asOf: day,
    source: 'given',
    given: name !== undefined && own.has(name) ? { ...given, [name]: day } : given,
  }
}

/** The zone that is said, else that of a section, else UTC. One that there is not is told elsewhere. */
function zoneOf(said: readonly unknown[]): string {
  const isZone = (zone: unknown): zone is string => typeof zone === 'string' && isTimeZone(zone)
  return said.find(isZone) ?? 'UTC'
}
