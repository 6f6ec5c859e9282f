import { join } from 'node:path'
import {
  isAllMade,
  joinByPosition,
  type MadeRows,
  type MapWork,
  measureRows,
  placesKept,
  sortedByKey,
  stepTable,
} from '@sillage/steps'
import { type ParquetRows, selectRows } from './parquet-rows.ts'
import { shareOut, together } from './partitions.ts'
import type { Snapshot } from './snapshot.ts'
import { named, storeRows } from './store-rows.ts'
import { came, cameOf, readBeside, streamThrough, unionOf } from './stream.ts'
import type { Making, Workshop } from './workshop.ts'

/** Sends each partition of the input through the work by itself, and joins what comes back to its rows by position. */
export async function makeMap(
  { step, through, output }: MapWork,
  folder: string,
  shop: Workshop,
): Promise<Making> {
  const { session } = shop
  const shared = await shareOut(step, join(folder, 'read'), shop)
  const beside = await readBeside(step, session)
  const { key, limits, outputs } = step
  const parts: ParquetRows[] = []
  const more: Record<string, ParquetRows[]> = {}
  let read = 0
  for (let index = 0; index < shared.partitions; index++) {
    const from = unionOf(shared.rowsOf(index))
    const batch = { key, limits, outputs, beside }
    read += await streamThrough({ from, reads: step.reads, through, output, batch }, shop)
    for (const name of Object.keys(outputs)) {
      const rows = await storeRows(`from ${cameOf(name)}`, join(folder, `${name}-${index}.parquet`), shop)
      more[name] = [...(more[name] ?? []), rows]
    }
    const joined = joinByPosition({
      input: key.length === 0 ? from : `(${sortedByKey(from, key)})`,
      columns: step.columns,
      makes: output,
      places: placesKept(step),
      made: came,
    })
    parts.push(
      await storeRows(isAllMade(step) ? `from ${came}` : joined, join(folder, `${index}.parquet`), shop),
    )
  }
  const rows = together(parts)
  await session.run(`create or replace view ${stepTable(step.stage).text} as ${selectRows(rows).text}`)
  const further = await showOutputs(step, more, shop)
  return {
    rows: { ...(await measureRows(session, step)), read, outputs: further.outputs },
    change: { relations: { ...further.relations, [step.stage]: named(rows, shop) } },
  }
}

async function showOutputs(
  step: MapWork['step'],
  parts: Readonly<Record<string, readonly ParquetRows[]>>,
  shop: Workshop,
): Promise<{ readonly outputs: MadeRows['outputs']; readonly relations: Snapshot['relations'] }> {
  const outputs: Record<string, number> = {}
  const relations: Record<string, Snapshot['relations'][string]> = {}
  for (const [name, files] of Object.entries(parts)) {
    const rows = together(files)
    const relation = `${step.stage}.${name}`
    const { n } = await shop.session.row<{ n: number }>(
      `select count(*) as n from (${selectRows(rows).text})`,
    )
    outputs[name] = n
    relations[relation] = named(rows, shop)
  }
  return { outputs, relations }
}
