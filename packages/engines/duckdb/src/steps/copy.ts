import { type CurrentStep, currentSteps, recordCurrent, recordParts, recordRange } from '@sillage/ledger'
import type { ReadStep } from '@sillage/plan'
import { sql } from '@sillage/sdk'
import {
  areForgotten,
  type Filled,
  prepareSuppression,
  sourceNotRead,
  stepTable,
  storedColumns,
} from '@sillage/steps'
import { nextRow } from './narrow.ts'
import { createViews } from './relations.ts'
import type { Workshop } from './workshop.ts'

/**
 * For a backfill: the rows that the last run read, from its working database. The source itself is asked for nothing, so that all dates are
 * computed on the same rows. Throws `source_not_read` where no run read it as it is asked now.
 */
export async function copySource(step: ReadStep, from: string, shop: Workshop): Promise<Filled> {
  const { session } = shop
  const state = step.parts.pulled
  if (state === undefined) throw sourceNotRead(step.stage)
  const before = (await currentSteps(session)).get(step.stage)
  if (before?.fingerprint === step.fingerprint) return { current: before, state, rowsCame: false }
  await prepareSuppression(session, step, shop.order.suppressions)
  await session.run(`attach ${sql.literal(from).text} as working (read_only)`)
  try {
    const current = await session.transaction(async () => await copyRows(step, state.content, shop))
    return { current, state, rowsCame: true }
  } finally {
    await session.run('detach working')
  }
}

async function copyRows(
  step: ReadStep,
  content: string,
  { session, order: { run, now } }: Workshop,
): Promise<CurrentStep> {
  const started = performance.now()
  const { stage, fingerprint, parts } = step
  const [found] = await session.rows<{ content: string }>(
    sql`select content from working.sillage.cursors where stage = ${stage}`.text,
  )
  if (found?.content !== content) throw sourceNotRead(stage)
  const table = stepTable(stage).text
  await session.run(
    `create or replace table ${table} as select * from working.${table} where not (${areForgotten(step).text})`,
  )
  await createViews({ session, step, stored: storedColumns(step) })
  const rows = await nextRow(stage, { session })
  const seconds = Math.round(performance.now() - started) / 1000
  const made: CurrentStep = {
    stage,
    fingerprint,
    run,
    rows_in: null,
    rows_out: rows,
    rejected: 0,
    merged: 0,
    filtered: 0,
    seconds,
  }
  await recordParts(session, { stage, fingerprint, parts: JSON.stringify(parts) })
  await recordRange(session, { stage, fingerprint, first_row: 0, rows, run }, { replace: true, at: now() })
  await recordCurrent(session, made)
  return made
}
