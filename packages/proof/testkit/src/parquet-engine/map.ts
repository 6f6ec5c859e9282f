import { join } from 'node:path'
import { joinByPosition, type MapWork, measureRows, placesKept, stepTable } from '@sillage/steps'
import { type ParquetRows, selectRows } from './parquet-rows.ts'
import { shareOut, together } from './partitions.ts'
import { named, storeRows } from './store-rows.ts'
import { came, streamThrough, unionOf } from './stream.ts'
import type { Making, Workshop } from './workshop.ts'

/** Sends each partition of the input through the work by itself, and joins what comes back to its rows by position. */
export async function makeMap(
  { step, through, output }: MapWork,
  folder: string,
  shop: Workshop,
): Promise<Making> {
  const { session } = shop
  const shared = await shareOut(step, join(folder, 'read'), shop)
  const parts: ParquetRows[] = []
  let read = 0
  for (let index = 0; index < shared.partitions; index++) {
    const rows = shared.rowsOf(index)
    read += await streamThrough({ rows, reads: step.reads, through, output }, shop)
    const joined = joinByPosition({
      input: unionOf(rows),
      columns: step.columns,
      makes: output,
      places: placesKept(step),
      made: came,
    })
    parts.push(await storeRows(joined, join(folder, `${index}.parquet`), shop))
  }
  const rows = together(parts)
  await session.run(`create or replace view ${stepTable(step.stage).text} as ${selectRows(rows).text}`)
  return {
    rows: { ...(await measureRows(session, step)), read },
    change: { relations: { [step.stage]: named(rows, shop) } },
  }
}
