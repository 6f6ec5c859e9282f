import { exitCode, SillageError } from '@sillage/base'
import { type CurrentStep, recordCurrent, recordParts, recordSegment, runPaths } from '@sillage/ledger'
import { sql } from '@sillage/sdk'
import { nextRow } from '../appending.ts'
import type { RunContext } from '../context.ts'
import type { ReadStep } from '../cursors.ts'
import { createViews, stepTable } from '../relations.ts'
import { seconds } from '../step-report.ts'
import { areForgotten, prepareSuppression } from '../suppression.ts'
import type { Pulled } from './source-table.ts'

/**
 * For a backfill: the rows that the last run read, from the working database. The source itself is asked for nothing, so that all dates are
 * computed on the same rows. Throws `source_not_read` where no run read it as it is asked now.
 */
export async function copySource(step: ReadStep, context: RunContext): Promise<Pulled> {
  const { session, run, options, known, plan } = context
  const { stage, fingerprint, parts, columns } = step
  const started = performance.now()
  const before = known.get(stage)
  const state = parts.pulled
  if (state === undefined) throw notRead(stage)
  if (before?.fingerprint === fingerprint) return { current: before, state, rowsCame: false }
  const { database } = runPaths({ places: plan.places, pipeline: plan.pipeline })
  await prepareSuppression(step, context)
  await session.run(`attach ${sql.literal(database).text} as working (read_only)`)
  try {
    const current = await session.transaction(async () => {
      const [now] = await session.rows<{ content: string }>(
        sql`select content from working.sillage.cursors where stage = ${stage}`.text,
      )
      if (now?.content !== state.content) throw notRead(stage)
      const table = stepTable(stage).text
      await session.run(
        `create or replace table ${table} as select * from working.${table} where not (${areForgotten(step).text})`,
      )
      await createViews({ session, step, stored: columns })
      const rows = await nextRow(stage, context)
      const counts = { rows_in: null, rows_out: rows, rejected: 0, merged: 0, filtered: 0 }
      const made: CurrentStep = { ...counts, stage, fingerprint, run, seconds: seconds(started) }
      await recordParts(session, { stage, fingerprint, parts: JSON.stringify(parts) })
      await recordSegment(
        session,
        { stage, fingerprint, first_row: 0, rows, run },
        { replace: true, at: options.now() },
      )
      await recordCurrent(session, made)
      return made
    })
    return { current, state, rowsCame: true }
  } finally {
    await session.run('detach working')
  }
}

function notRead(stage: string): SillageError {
  return new SillageError({
    code: 'source_not_read',
    message: `No run read "${stage}" as it is asked now, and a backfill asks no one`,
    hint: 'sillage run, then the backfill',
    exit: exitCode.failed,
    facts: { stage },
  })
}
