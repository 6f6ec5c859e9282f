import { stageOfSchema } from '@sillage/ledger'
import { relationOf, relationSql, type Step } from '@sillage/plan'
import { type Column, type Sql, sql } from '@sillage/sdk'
import type { Session } from '@sillage/sql'
import { mayRefuse, selectAccepted, selectRefused, stepTable, unreadLines } from '@sillage/steps'

/** Removes what the ledger says of stages that are not in the plan any more. */
export async function forgetStrangers(session: Session, steps: readonly Step[]): Promise<void> {
  const all = steps.map((step) => step.stage)
  const refusing = steps.filter(mayRefuse).map((step) => step.stage)
  for (const [table, stages] of Object.entries({
    current: all,
    parts: all,
    segments: all,
    cursors: all,
    rejects: refusing,
    warnings: all,
    models: all,
  }))
    await session.run(
      sql`delete from ${sql.id('sillage', table)} where not list_contains(${sql.list(stages)}, stage)`.text,
    )
}

/** Removes the tables of programs that are not among these steps. */
export async function dropProgramTables(
  session: Session,
  steps: readonly Pick<Step, 'stage' | 'style'>[],
): Promise<void> {
  const programs = new Set(steps.flatMap(({ stage, style }) => (style === 'program' ? [stage] : [])))
  const found = await session.rows<{ name: string }>(
    'select schema_name as name from duckdb_schemas() where not internal and database_name = current_database()',
  )
  for (const { name } of found) {
    const stage = stageOfSchema(name)
    if (stage !== undefined && !programs.has(stage))
      await session.run(`drop schema ${sql.id(name).text} cascade`)
  }
}

/** Shows a stored step: the accepted rows as the stage's relation, the refused ones as `reject.<stage>`. */
export async function createViews({
  session,
  step,
  stored,
  numbering,
}: {
  readonly session: Session
  readonly step: Step
  readonly stored: readonly Column[]
  /** The rows that the scan itself refused, where the step reads such a scan. */
  readonly numbering?: Sql | undefined
}): Promise<void> {
  const names = stored.map((column) => column.name)
  await session.run(
    `create or replace view ${relationSql(relationOf(step.kind, step.stage)).text} as ${selectAccepted(step, names)}`,
  )
  const made = { run: segmentOf(step.stage, 'run'), at: segmentOf(step.stage, 'at') }
  const refused = selectRefused({ step, names, numbering, made })
  if (refused === undefined) return
  const unread =
    step.style === 'source' && step.refused !== undefined
      ? `\nunion all by name\n${unreadLines(step.stage, rejectedBy(step.stage))}`
      : ''
  await session.run(`create or replace view ${sql.id('reject', step.stage).text} as ${refused.text}${unread}`)
}

/** How many lines a scan could not read; 0 where it reads them all. */
export async function unreadRows(stage: string, session: Session): Promise<number> {
  const [known] = await session.rows(
    `select 1 from duckdb_tables() where schema_name = 'step' and table_name = ${sql.literal(`${stage}.refused`).text}`,
  )
  if (!known) return 0
  return (await session.row<{ n: number }>(`select count(*) as n from ${stepTable(stage, 'refused').text}`)).n
}

/** The run that counted the refused lines of a stage. */
export function rejectedBy(stage: string): Sql {
  return sql`(select max(run) from sillage.rejects where rejects.stage = ${stage})`
}

/** Which run wrote a row, or when, by its position. */
function segmentOf(stage: string, name: 'run' | 'at'): Sql {
  return sql`(select arg_max(segment.${sql.id(name)}, segment.first_row) from sillage.segments segment where segment.stage = ${stage} and segment.first_row <= stored.rowid)`
}

/** A select of the accepted rows of a stored step, or of those of them that a condition over `rowid` picks. */
export async function acceptedRows(session: Session, step: Step, where?: string): Promise<string> {
  const columns = await session.rows<{ column_name: string }>(`describe ${stepTable(step.stage).text}`)
  return selectAccepted(
    step,
    columns.map((column) => column.column_name),
    where,
  )
}
