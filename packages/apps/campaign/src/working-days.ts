const dayMs = 86_400_000

/** Working days from a first one on: Monday to Friday without the holidays. Day 0 is the first working day at or after the start. */
export interface WorkingDays {
  /** The ISO date of a working day by its number from 0. */
  readonly dateOf: (day: number) => string
  /** How many working days lie at or after the start and before a date: the number of that day, if it is one. */
  readonly dayOf: (date: string) => number
}

/** Dates are ISO texts; weekends and `holidays` do not count. */
export function workingDays(start: string, holidays: readonly string[]): WorkingDays {
  const free = new Set(holidays)
  const first = Date.parse(start)
  const works = (time: number): boolean => {
    const weekday = new Date(time).getUTCDay()
    return weekday !== 0 && weekday !== 6 && !free.has(toIso(time))
  }
  const known: number[] = []
  let next = first
  const upTo = (count: number): void => {
    for (; known.length < count; next += dayMs) if (works(next)) known.push(next)
  }
  return {
    dateOf: (day) => {
      upTo(day + 1)
      return toIso(known[day]!)
    },
    dayOf: (date) => {
      const end = Date.parse(date)
      let count = 0
      for (let time = first; time < end; time += dayMs) if (works(time)) count += 1
      return count
    },
  }
}

function toIso(time: number): string {
  return new Date(time).toISOString().slice(0, 10)
}
