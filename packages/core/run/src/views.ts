import { isSillageError, SillageError } from '@sillage/base'
import { recordStep } from '@sillage/ledger'
import { relationOf, type Step } from '@sillage/plan'
import type { RunContext } from './context.ts'
import { damagedFile } from './damaged-file.ts'
import { assertNoneRefused } from './refused.ts'
import { countUnread, relationSql } from './relations.ts'
import { runChecks } from './run-checks.ts'
import { report } from './step-report.ts'
import { tellWarnings } from './warnings.ts'

/** Makes the view of a step that is not stored. Its rows are computed by the stored step that reads it. */
export async function createView(step: Step, { session, options }: RunContext): Promise<void> {
  if (step.style !== 'source' && step.style !== 'sql')
    throw new Error(`a ${step.style} step is always stored`)
  const limit = step.style === 'source' && options.sample !== undefined ? `\nlimit ${options.sample}` : ''
  const relation = relationSql(relationOf(step.kind, step.stage)).text
  await session.run(`create or replace view ${relation} as\n${step.select}${limit}`)
}

/** Tells the counts of a view after the steps that read it: every row that it made was counted by its reader. */
export async function settleView(
  step: Step,
  context: RunContext,
  changed: ReadonlySet<string>,
): Promise<void> {
  const { rows, session, run, known } = context
  const counted = rows.get(step.stage) ?? (await countRows(step, context))
  rows.set(step.stage, counted)
  const refused =
    step.style === 'source' && step.refused !== undefined ? await countUnread(step.stage, context) : 0
  const reader = step.fusedInto
  const action = reader !== undefined && !changed.has(reader) && known.has(reader) ? 'reuse' : 'run'
  const counts = {
    rows_in: step.style === 'source' ? null : counted,
    rows_out: counted,
    rejected: refused,
    merged: 0,
    filtered: 0,
  }
  await recordStep(session, {
    ...counts,
    stage: step.stage,
    fingerprint: step.fingerprint,
    run,
    plugin: step.plugin,
    action,
    seconds: 0,
  })
  report({ step, counts, action, seconds: 0, context })
  await tellWarnings(step, context)
  assertNoneRefused(step, counts)
  if (refused > 0) await runChecks(step, counts, context)
}

async function countRows(step: Step, { session }: RunContext): Promise<number> {
  const { n } = await session.row<{ n: number }>(
    `select count(*) as n from ${relationSql(relationOf(step.kind, step.stage)).text}`,
  )
  return n
}

