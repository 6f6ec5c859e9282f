import { join } from 'node:path'
import type { Step } from '@sillage/plan'
import { countUnread, stepTable } from '@sillage/steps'
import { columnsOf, type ParquetRows, selectRows, writeFile } from './parquet-rows.ts'
import type { Change, Snapshot } from './snapshot.ts'
import type { Workshop } from './workshop.ts'

/** The rows of a select, in a file. */
export async function storeRows(select: string, file: string, { session }: Workshop): Promise<ParquetRows> {
  await session.run(`create or replace temp table storing as\n${select}`)
  const columns = await columnsOf(session, 'temp.main.storing')
  await writeFile(session, { relation: 'temp.main.storing', columns, file })
  await session.run('drop table temp.main.storing')
  return { files: [file], columns }
}

/** Rows as a snapshot names them. */
export function named(rows: ParquetRows, { order }: Workshop): Snapshot['relations'][string] {
  return { ...rows, run: order.run, at: order.now().toISOString() }
}

/** A step, and a select of what its scan refused where it is one that may. */
type Scanned = Pick<Step, 'stage'> & { readonly refused?: string | undefined }

/** Keeps the lines that the scans of views refused, after they were read on this session. */
export async function keepUnread(steps: readonly Scanned[], folder: string, shop: Workshop): Promise<Change> {
  const relations: Record<string, Snapshot['relations'][string]> = {}
  const rejects: Record<string, Snapshot['rejects'][string]> = {}
  for (const { stage, refused } of steps) {
    if (refused === undefined) continue
    const rows = await storeRows(refused, join(folder, `${stage}.refused.parquet`), shop)
    await shop.session.run(
      `create or replace view ${stepTable(stage, 'refused').text} as ${selectRows(rows).text}`,
    )
    relations[`${stage}.refused`] = named(rows, shop)
    rejects[stage] = { run: shop.order.run, records: await countUnread(shop.session, stage) }
  }
  return { relations, rejects }
}
