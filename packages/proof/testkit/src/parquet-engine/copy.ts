import { join } from 'node:path'
import type { ReadStep } from '@sillage/plan'
import { areForgotten, type Filled, prepareSuppression, sourceNotRead } from '@sillage/steps'
import { selectRows } from './parquet-rows.ts'
import { showStep } from './relations.ts'
import { readSnapshot, storeFolder } from './snapshot.ts'
import { named, storeRows } from './store-rows.ts'
import type { Workshop } from './workshop.ts'

/** For a backfill: the rows that the last run read, from the store of the pipeline's runs. */
export async function copySource(step: ReadStep, from: string, shop: Workshop): Promise<Filled> {
  const { session, store, order } = shop
  const { stage, fingerprint, parts } = step
  const started = performance.now()
  const state = parts.pulled
  if (state === undefined) throw sourceNotRead(stage)
  const before = store.now.steps[stage]
  if (before?.fingerprint === fingerprint) return { current: before, state, rowsCame: false }
  const found = readSnapshot(storeFolder(from))
  const read = found?.relations[stage]
  if (read === undefined || found?.cursors[stage]?.content !== state.content) throw sourceNotRead(stage)
  await prepareSuppression(session, step, order.suppressions)
  const select = `${selectRows(read).text} where not (${areForgotten(step).text})`
  const rows = await storeRows(select, join(store.newFolder(stage, order.run), '0.parquet'), shop)
  const { n } = await session.row<{ n: number }>(`select count(*) as n from (${selectRows(rows).text})`)
  const counts = { rows_in: null, rows_out: n, rejected: 0, merged: 0, filtered: 0 }
  const seconds = Math.round(performance.now() - started) / 1000
  const current = { ...counts, stage, fingerprint, run: order.run, seconds }
  store.commit({
    relations: { [stage]: named(rows, shop) },
    steps: { [stage]: current },
    parts: { [stage]: { stage, fingerprint, parts: JSON.stringify(parts) } },
  })
  await showStep(step, store.now, shop)
  return { current, state, rowsCame: true }
}
