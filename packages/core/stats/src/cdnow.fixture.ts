import { existsSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'

const root = fileURLToPath(new URL('../../../..', import.meta.url))
/** Folder of the data that is not part of the project: `SILLAGE_DATA`, else `shared/data` beside the repository. */
const dataFolder = process.env.SILLAGE_DATA ?? join(root, '..', 'shared', 'data')
const path = join(dataFolder, 'cdnow', 'CDNOW_sample.txt')

export const hasCdnow = existsSync(path)
export const skipReason = hasCdnow ? '' : ' (skipped: no data; set SILLAGE_DATA)'

export interface CdnowCustomer {
  readonly frequency: number
  /** Weeks. */
  readonly recency: number
  readonly age: number
  /** Mean value of the repeat purchases, 0 without any. */
  readonly monetary: number
}

/** Customers of the calibration period, 1997-01-01 to 1997-09-30: purchases of one day are one, days are divided by 7. */
export function readCdnow(): readonly CdnowCustomer[] {
  const end = dayOf('19970930')
  const customers = new Map<string, Map<number, number>>()
  for (const line of readFileSync(path, 'utf8').trim().split(/\r?\n/)) {
    const [id = '', , date = '', , value = ''] = line.trim().split(/\s+/)
    const days = customers.get(id) ?? new Map<number, number>()
    const day = dayOf(date)
    if (day <= end) days.set(day, (days.get(day) ?? 0) + Number(value))
    customers.set(id, days)
  }
  return [...customers.values()].map((days) => {
    const [first = 0, ...repeats] = [...days.keys()].sort((a, b) => a - b)
    const spent = repeats.reduce((sum, day) => sum + days.get(day)!, 0)
    return {
      frequency: repeats.length,
      recency: ((repeats.at(-1) ?? first) - first) / 7,
      age: (end - first) / 7,
      monetary: repeats.length === 0 ? 0 : spent / repeats.length,
    }
  })
}

function dayOf(compact: string): number {
  return (
    Date.parse(`${compact.slice(0, 4)}-${compact.slice(4, 6)}-${compact.slice(6)}T00:00:00Z`) / 86_400_000
  )
}
