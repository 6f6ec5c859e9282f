/** A day as the number of days since 1970-01-01. */
export type Day = number

const dayMs = 86_400_000

/** The day of ISO text (`2014-05-23`). */
export function dayOf(iso: string): Day {
  return Date.parse(`${iso}T00:00:00Z`) / dayMs
}

/** `2014-05-23`. */
export function isoDay(day: Day): string {
  return new Date(day * dayMs).toISOString().slice(0, 10)
}

/** `23/05/2014`, as a French Excel writes it. */
export function frenchDay(day: Day): string {
  return isoDay(day).split('-').reverse().join('/')
}

/** The same day of the month, some calendar months earlier. */
export function monthsBefore(day: Day, months: number): Day {
  const date = new Date(day * dayMs)
  date.setUTCMonth(date.getUTCMonth() - months)
  return date.getTime() / dayMs
}

/** The next day from Monday to Friday, the day itself included. */
export function workingDay(day: Day): Day {
  const weekday = new Date(day * dayMs).getUTCDay()
  return weekday === 6 ? day + 2 : weekday === 0 ? day + 1 : day
}

/** "Today" of the case. */
export const asOf: Day = dayOf('2014-05-23')
