import type { Schedule } from './schedule.ts'

/** A time that came. `missed`: it is too long ago to be acted on; `times` of them in a row, the last at `at`. */
export interface Due {
  readonly name: string
  readonly kind: 'due' | 'missed'
  readonly at: Date
  readonly times: number
}

interface Entry {
  schedule: Schedule
  /** What was due up to then is done with. */
  seen: Date
}

/** Beyond that many, only the missed times of the last day are counted: which was the last is known all the same. */
const mostCounted = 1000
const dayMs = 86_400_000

/** Which names are due when. It has no clock and no timer: whoever asks says what time it is. */
export class Timetable {
  readonly #entries = new Map<string, Entry>()
  readonly #graceMs: number

  /** A time that is up to `graceMs` ago is acted on; an older one was missed. */
  constructor({ graceMs }: { readonly graceMs: number }) {
    this.#graceMs = graceMs
  }

  /** Enters a name, or changes its schedule. What was due up to `seen` counts as done; of a name that is known it is left as it is. */
  set(name: string, schedule: Schedule, seen: Date): void {
    const known = this.#entries.get(name)
    if (known?.schedule.text === schedule.text) return
    this.#entries.set(name, { schedule, seen })
  }

  /** Leaves only these names. */
  keep(names: ReadonlySet<string>): void {
    for (const name of this.#entries.keys()) if (!names.has(name)) this.#entries.delete(name)
  }

  has(name: string): boolean {
    return this.#entries.has(name)
  }

  next(name: string, now: Date): Date | undefined {
    return this.#entries.get(name)?.schedule.next(now)
  }

  /** What came since it was last asked. Of several times of one name that came, at most the last is due: the others were missed. */
  take(now: Date): readonly Due[] {
    return [...this.#entries].flatMap(([name, entry]) => {
      const came = between(entry, now)
      entry.seen = now
      const last = came.at(-1)
      if (!last) return []
      const isDue = now.getTime() - last.getTime() <= this.#graceMs
      const missed = isDue ? came.slice(0, -1) : came
      return [
        ...(missed.length > 0
          ? [{ name, kind: 'missed' as const, at: missed.at(-1)!, times: missed.length }]
          : []),
        ...(isDue ? [{ name, kind: 'due' as const, at: last, times: 1 }] : []),
      ]
    })
  }
}

function between({ schedule, seen }: Entry, now: Date): readonly Date[] {
  const came: Date[] = []
  for (let at = schedule.next(seen); at && at <= now; at = schedule.next(at)) {
    came.push(at)
    if (came.length === mostCounted) at = new Date(Math.max(at.getTime(), now.getTime() - dayMs))
  }
  return came
}
