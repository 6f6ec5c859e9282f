import { stageOfSchema } from '@sillage/ledger'
import { carriesPlaces, relationOf, relationSql, type Step } from '@sillage/plan'
import { type Column, placeColumns, type RejectRule, type Sql, sql, stages } from '@sillage/sdk'
import type { Session } from '@sillage/sql'

/** Schemas of the working database, beside `sillage`. */
const schemas: readonly string[] = ['step', 'reject', ...stages]

/** The table of a stored step, or of a further output. */
export function stepTable(stage: string, part?: string): Sql {
  return sql.id('step', part === undefined ? stage : `${stage}.${part}`)
}

export async function createSchemas(session: Session): Promise<void> {
  for (const schema of schemas) await session.run(`create schema if not exists ${schema}`)
}

/** Removes relations that no step of the plan makes any more. */
export async function dropStrangers(session: Session, steps: readonly Step[]): Promise<void> {
  const own = new Set(
    steps.flatMap((step) => {
      const names = [
        step.stage,
        `${step.stage}.units`,
        `${step.stage}.refused`,
        ...Object.keys(step.outputs ?? {}).map((output) => `${step.stage}.${output}`),
      ]
      const own = names.flatMap((name) => [`${step.kind}.${name}`, `step.${name}`])
      return mayRefuse(step) ? [...own, `reject.${step.stage}`] : own
    }),
  )
  const found = await session.rows<{ schema: string; name: string; kind: string }>(`
    select schema_name as schema, view_name as name, 'view' as kind from duckdb_views() where not internal
    union all select schema_name, table_name, 'table' from duckdb_tables()`)
  for (const { schema, name, kind } of found) {
    if (schemas.includes(schema) && !own.has(`${schema}.${name}`))
      await session.run(`drop ${kind} if exists ${sql.id(schema, name).text}`)
  }
  await dropTablesOfPrograms(session, steps)
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

/** Those of stages that are no programs any more. */
async function dropTablesOfPrograms(session: Session, steps: readonly Step[]): Promise<void> {
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

function mayRefuse(step: Step): boolean {
  if (step.rejects.length > 0 || (step.style === 'sink' && step.files.length === 0)) return true
  return step.style === 'source' && (step.refused !== undefined || step.suppressed.length > 0)
}

/**
 * A line as people count it. A scan numbers the lines that it could read; where it refused some of the same file, each that stands
 * before a row moves the row down by one.
 */
function lineNumber(numbering: Sql | undefined): Sql {
  if (numbering === undefined) return sql`_line`
  const before = sql`select _file, _line - row_number() over (partition by _file order by _line) as readable from ${numbering} where _skipped`
  return sql`_line + (select count(*) from (${before}) refused where refused._file = stored._file and refused.readable < stored._line)`
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
  if (!names.includes('_reject')) return
  const shown = [
    ...(names.includes('_file') ? placeColumns : []),
    ...(names.includes('_raw') ? ['_raw'] : names.filter((name) => !name.startsWith('_'))),
  ]
  const value = (name: string): Sql => (name === '_line' ? lineNumber(numbering) : sql.id(name))
  const list = shown.map((name) => sql`${value(name)} as ${sql.id(shownAs(name))}`)
  const body = sql.join([
    ...list,
    reasons(step.rejects, (rule) => ruleLabel(rule), 'codes'),
    reasons(step.rejects, (rule) => rule.message, 'reasons'),
    ...runOf(step.stage),
  ]).text
  const refused = `select ${body} from ${stepTable(step.stage).text} stored where _reject <> 0`
  const unread =
    step.style === 'source' && step.refused !== undefined
      ? `\nunion all by name\n${unreadLines(step.stage)}`
      : ''
  await session.run(`create or replace view ${sql.id('reject', step.stage).text} as ${refused}${unread}`)
}

const told: ReadonlySet<string> = new Set(['file', 'line', 'raw', 'codes', 'reasons', 'run', 'at'])

/** What a view of refused rows calls a column: one of the step's own gives way to what the view tells. */
function shownAs(name: string): string {
  if (name.startsWith('_')) return name.slice(1)
  return told.has(name.toLowerCase()) ? `${name} (column)` : name
}

/** How many lines a scan could not read; 0 where it reads them all. */
export async function countUnread(
  stage: string,
  { session }: { readonly session: Session },
): Promise<number> {
  const [known] = await session.rows(
    `select 1 from duckdb_tables() where schema_name = 'step' and table_name = ${sql.literal(`${stage}.refused`).text}`,
  )
  if (!known) return 0
  return (await session.row<{ n: number }>(`select count(*) as n from ${stepTable(stage, 'refused').text}`)).n
}

/** The lines that a scan could not read, as `reject.<stage>` shows them. */
export function unreadLines(stage: string): string {
  const table = stepTable(stage, 'refused')
  const run = sql`(select max(run) from sillage.rejects where rejects.stage = ${stage})`
  return sql`select _file as file, _line as line, _raw as raw, [code] as codes, [message] as reasons, ${run} as run, strptime(left(${run}, 15), '%Y%m%dT%H%M%S') as "at" from ${table}`
    .text
}

/** Which run wrote a row and when, by its position. */
function runOf(stage: string): readonly Sql[] {
  return ['run', 'at'].map(
    (name) =>
      sql`(select arg_max(segment.${sql.id(name)}, segment.first_row) from sillage.segments segment where segment.stage = ${stage} and segment.first_row <= stored.rowid) as ${sql.id(name)}`,
  )
}

function selectAccepted(step: Step, names: readonly string[], where?: string): string {
  const conditions = [
    ...(names.includes('_reject') ? ['_reject = 0'] : []),
    ...(names.includes('_forgotten') ? ['not _forgotten'] : []),
    ...(where ? [where] : []),
  ]
  const shownTo = [...step.columns.map((column) => column.name), ...places(step)]
  const columns = sql.join(shownTo.map((name) => sql.id(name))).text
  return `select ${columns} from ${stepTable(step.stage).text}${conditions.length > 0 ? ` where ${conditions.join(' and ')}` : ''}`
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

function places(step: Step): readonly string[] {
  return carriesPlaces(step) ? placeColumns : []
}

export function ruleLabel({ code, column }: RejectRule): string {
  return column === undefined ? code : `${column}: ${code}`
}

function reasons(rules: readonly RejectRule[], text: (rule: RejectRule) => string, name: string): Sql {
  const cases = rules.map((rule, bit) => sql`case when ${hasBit(bit)} then ${text(rule)} end`)
  return sql`list_filter([${sql.join(cases)}], lambda reason: reason is not null) as ${sql.id(name)}`
}

/** True where a row breaks the rule of that bit. */
export function hasBit(bit: number): Sql {
  return sql`(_reject & ${1n << BigInt(bit)}) <> 0`
}
