export const periods = ['day', 'week', 'month', 'quarter', 'year'] as const
export type Period = (typeof periods)[number]

const months: Readonly<Record<Period, number>> = { day: 0, week: 0, month: 1, quarter: 3, year: 12 }
const days: Readonly<Record<Period, number>> = { day: 1, week: 7, month: 0, quarter: 0, year: 0 }

/**
 * The dates from `from`, one period apart, up to and including `to` where the series meets it. ISO dates in, ISO dates out. Months
 * count from `from`: after the 31st comes the last day of a shorter month, and then the 31st again.
 */
export function dateSeries({
  from,
  to,
  every,
}: {
  readonly from: string
  readonly to: string
  readonly every: Period
}): readonly string[] {
  const dates: string[] = []
  for (let index = 0; ; index += 1) {
    const date = later(from, { months: months[every] * index, days: days[every] * index })
    if (date > to) return dates
    dates.push(date)
  }
}

function later(iso: string, added: { readonly months: number; readonly days: number }): string {
  const [year, month, day] = iso.split('-').map(Number) as [number, number, number]
  const lastDay = new Date(Date.UTC(year, month + added.months, 0)).getUTCDate()
  const date = new Date(Date.UTC(year, month - 1 + added.months, Math.min(day, lastDay) + added.days))
  return date.toISOString().slice(0, 10)
}
