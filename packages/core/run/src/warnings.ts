import type { WarningFacts } from '@sillage/journal'
import { forgetWarnings, recordWarning, warningsOf } from '@sillage/ledger'
import type { Step, StepWarning } from '@sillage/plan'
import { type Sql, sql } from '@sillage/sdk'
import type { Session } from '@sillage/sql'
import type { RunContext } from './context.ts'
import { stepTable } from './relations.ts'

/** Tells a warning to the result, the journal and whoever watches. */
export function warn(
  warning: WarningFacts,
  { warnings, journal, options }: Pick<RunContext, 'warnings' | 'journal' | 'options'>,
): void {
  warnings.push(warning)
  journal({ event: 'warning', ...warning })
  options.onEvent({ kind: 'warning', warning })
}

/** Tells what is known of a step from its plan, and what was recorded when its rows were made, in this run or in an earlier one. */
export async function tellWarnings(step: Step, context: RunContext): Promise<void> {
  for (const { counts, ...warning } of step.warnings ?? [])
    if (counts === undefined) warn({ stage: step.stage, ...warning }, context)
  if (step.stored === undefined) return
  for (const warning of await warningsOf(context.session, step.stage)) warn(warning, context)
}

/** Before the rows of a stage are made, within its transaction: what its last rows warned of. */
export async function startWarnings(step: Step, session: Session): Promise<void> {
  await forgetWarnings(session, step.stage)
}

/** Counts over the accepted rows of a step, within its transaction, and records what came true. */
export async function countOwnWarnings(step: Step, context: RunContext): Promise<void> {
  const accepted = step.rejects.length > 0 ? ' where _reject = 0' : ''
  const from = `${stepTable(step.stage).text}${accepted}`
  await countWarnings(step.warnings ?? [], { stage: step.stage, from, context })
}

/** Counts over a relation that a stage made, within its transaction, and records what came true. */
export async function countWarnings(
  warnings: readonly StepWarning[],
  {
    stage,
    from,
    context: { session, run },
  }: {
    readonly stage: string
    readonly from: string
    readonly context: Pick<RunContext, 'session' | 'run'>
  },
): Promise<void> {
  const counted = warnings.flatMap(({ counts, ...warning }) =>
    counts === undefined ? [] : [{ warning, counts }],
  )
  if (counted.length === 0) return
  const list: readonly Sql[] = counted.map(
    ({ counts }, index) => sql`(${sql.trusted(counts)})::bigint as ${sql.id(String(index))}`,
  )
  const found = await session.row<Readonly<Record<string, number | null>>>(
    `select ${sql.join(list).text} from ${from}`,
  )
  for (const [index, { warning }] of counted.entries()) {
    const count = Number(found[String(index)] ?? 0)
    if (count > 0) await recordWarning(session, run, { stage, ...warning, count })
  }
}
