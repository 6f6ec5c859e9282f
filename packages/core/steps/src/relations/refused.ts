import type { RejectRecord } from '@sillage/ledger'
import type { Step } from '@sillage/plan'
import { placeColumns, type RejectRule, type Sql, sql } from '@sillage/sdk'
import type { Session } from '@sillage/sql'
import { stepTable } from './step-table.ts'

interface RefusedFacts {
  readonly step: Step
  /** The columns of the step's table. */
  readonly names: readonly string[]
  /** The rows that the scan itself refused, where the step reads such a scan. */
  readonly numbering: Sql | undefined
  /** Which run made a row of `stored`, and when. */
  readonly made: { readonly run: Sql; readonly at: Sql }
}

/** A select of the refused rows of a stored step, as `reject.<stage>` shows them; undefined where it refuses none. */
export function selectRefused({ step, names, numbering, made }: RefusedFacts): Sql | undefined {
  if (!names.includes('_reject')) return undefined
  const shown = [
    ...(names.includes('_file') ? placeColumns : []),
    ...(names.includes('_raw') ? ['_raw'] : names.filter((name) => !name.startsWith('_'))),
  ]
  const value = (name: string): Sql => (name === '_line' ? lineNumber(numbering) : sql.id(name))
  const body = sql.join([
    ...shown.map((name) => sql`${value(name)} as ${sql.id(shownAs(name))}`),
    reasons(step.rejects, (rule) => ruleLabel(rule), 'codes'),
    reasons(step.rejects, (rule) => rule.message, 'reasons'),
    sql`${made.run} as run`,
    sql`${made.at} as "at"`,
  ])
  return sql`select ${body} from ${stepTable(step.stage)} stored where _reject <> 0`
}

const told: ReadonlySet<string> = new Set(['file', 'line', 'raw', 'codes', 'reasons', 'run', 'at'])

/** What a view of refused rows calls a column: one of the step's own gives way to what the view tells. */
function shownAs(name: string): string {
  if (name.startsWith('_')) return name.slice(1)
  return told.has(name.toLowerCase()) ? `${name} (column)` : name
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

function ruleLabel({ code, column }: RejectRule): string {
  return column === undefined ? code : `${column}: ${code}`
}

function reasons(rules: readonly RejectRule[], text: (rule: RejectRule) => string, name: string): Sql {
  const cases = rules.map((rule, bit) => sql`case when ${hasBit(bit)} then ${text(rule)} end`)
  return sql`list_filter([${sql.join(cases)}], lambda reason: reason is not null) as ${sql.id(name)}`
}

/** True where a row breaks the rule of that bit. */
function hasBit(bit: number): Sql {
  return sql`(_reject & ${1n << BigInt(bit)}) <> 0`
}

/** Counts refused rows by reason; a row that breaks two rules counts in both. */
export async function countReasons(
  session: Session,
  step: Pick<Step, 'stage' | 'rejects'>,
): Promise<readonly RejectRecord[]> {
  const counts = step.rejects.map(
    (_, bit) => sql`count(*) filter (where ${hasBit(bit)}) as ${sql.id(String(bit))}`,
  )
  const row = await session.row<Readonly<Record<string, number>>>(
    `select ${sql.join(counts).text} from ${stepTable(step.stage).text} where _reject <> 0`,
  )
  return step.rejects.flatMap(({ code, column, message }, bit) => {
    const rows = Number(row[String(bit)])
    return rows === 0 ? [] : [{ stage: step.stage, code, column_name: column ?? null, message, rows }]
  })
}
