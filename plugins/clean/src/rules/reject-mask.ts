import { type RejectRule, type Sql, sql } from '@sillage/sdk'

/** A rule and the condition under which it refuses a row; the condition may be null, which accepts. */
export interface Judgement extends RejectRule {
  readonly broken: Sql
}

/** Bits of INTEGER, BIGINT and HUGEINT that leave the sign alone. */
const widths = [
  { bits: 31, type: 'integer' },
  { bits: 63, type: 'bigint' },
  { bits: 126, type: 'hugeint' },
] as const

/** One bit a rule, in the smallest type that holds them. Past 126 rules each column has one rule, past 126 columns the row. */
export function rejectMask(judgements: readonly Judgement[]): {
  readonly mask: Sql
  readonly rules: readonly RejectRule[]
} {
  const kept = fitted(judgements)
  const type = widths.find(({ bits }) => kept.length <= bits)!.type
  const bits = kept.map(
    ({ broken }, index) => sql`case when ${broken} then ${1n << BigInt(index)} else 0 end`,
  )
  return {
    mask: sql`cast(${bits.length === 0 ? sql`0` : sql.join(bits, '\n+ ')} as ${sql.trusted(type)})`,
    rules: kept.map(({ broken: _, ...rule }) => rule),
  }
}

function fitted(judgements: readonly Judgement[]): readonly Judgement[] {
  if (judgements.length <= 126) return judgements
  const columns = [...new Set(judgements.flatMap(({ column }) => column ?? []))]
  if (columns.length > 126)
    return [{ code: 'invalid', message: 'a column breaks its contract', broken: anyOf(judgements) }]
  return columns.map((column) => ({
    code: 'invalid',
    column,
    message: `${column} breaks its contract`,
    broken: anyOf(judgements.filter((judgement) => judgement.column === column)),
  }))
}

function anyOf(judgements: readonly Judgement[]): Sql {
  return sql.join(
    judgements.map(({ broken }) => sql`(${broken})`),
    ' or ',
  )
}
