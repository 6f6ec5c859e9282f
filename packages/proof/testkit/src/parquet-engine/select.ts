import { join } from 'node:path'
import { relationOf, relationSql, type Step } from '@sillage/plan'
import {
  type MadeRows,
  measureRows,
  type ProgramWork,
  type SelectWork,
  selectAccepted,
  stepTable,
  toldRead,
} from '@sillage/steps'
import { type ParquetRows, selectRows } from './parquet-rows.ts'
import { shareOut, together } from './partitions.ts'
import type { Snapshot } from './snapshot.ts'
import { keepUnread, named, storeRows } from './store-rows.ts'
import type { Making, Workshop } from './workshop.ts'

/** Runs the statement of a step on each partition of what it reads, then its further outputs over all that it made. */
export async function makeSelect(
  step: SelectWork['step'],
  { fused, folder }: { readonly fused: readonly Step[]; readonly folder: string },
  shop: Workshop,
): Promise<Making> {
  const shared = await shareOut(step, join(folder, 'read'), shop)
  const unread = await keepUnread(fused, folder, shop)
  const parts: ParquetRows[] = []
  for (let index = 0; index < shared.partitions; index++) {
    await shared.show(index)
    parts.push(await storeRows(step.select, join(folder, `${index}.parquet`), shop))
  }
  await shared.show('all')
  const rows = together(parts)
  const selects = Object.fromEntries(
    Object.entries(step.outputs).map(([output, { select }]) => [output, select]),
  )
  const { outputs, relations } = await storeOutputs(step, { selects, rows, folder }, shop)
  const measured = await measureRows(shop.session, step)
  return {
    rows: { ...measured, read: toldRead(step, measured), outputs },
    change: { ...unread, relations: { ...unread.relations, ...relations, [step.stage]: named(rows, shop) } },
  }
}

/** Stores the further outputs of a step whose rows are in files. */
export async function storeOutputs(
  step: (SelectWork | ProgramWork)['step'],
  {
    selects,
    rows,
    folder,
  }: {
    readonly selects: Readonly<Record<string, string>>
    readonly rows: ParquetRows
    readonly folder: string
  },
  shop: Workshop,
): Promise<{ readonly outputs: MadeRows['outputs']; readonly relations: Snapshot['relations'] }> {
  const { session } = shop
  const self = relationSql(relationOf(step.kind, step.stage)).text
  const names = rows.columns.map(({ name }) => name)
  await session.run(`create or replace view ${stepTable(step.stage).text} as ${selectRows(rows).text}`)
  await session.run(`create or replace view ${self} as ${selectAccepted(step, names)}`)
  const outputs: Record<string, number> = {}
  const relations: Record<string, Snapshot['relations'][string]> = {}
  for (const [output, select] of Object.entries(selects)) {
    const further = await storeRows(select, join(folder, `${output}.output.parquet`), shop)
    relations[`${step.stage}.${output}`] = named(further, shop)
    outputs[output] = (
      await session.row<{ n: number }>(`select count(*) as n from (${selectRows(further).text})`)
    ).n
  }
  return { outputs, relations }
}
