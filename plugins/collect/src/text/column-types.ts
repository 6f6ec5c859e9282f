import { type Sql, sql } from '@sillage/sdk'

/** A type that every value of a column of text may have, and how to prove it. */
interface Candidate {
  readonly type: 'number' | 'date' | 'timestamp' | 'boolean'
  /** A first look at the sample: cheap, and never stricter than the proof. */
  readonly looks: RegExp
  /** True for every text that the type gives back as it was. */
  readonly proof: (column: Sql) => Sql
}

const candidates: readonly Candidate[] = [
  { type: 'boolean', looks: /^(true|false)$/, proof: (column) => sql`${column} in ('true', 'false')` },
  {
    type: 'number',
    looks: /^-?(0|[1-9]\d*)(\.\d+)?$/,
    proof: (column) => sql`regexp_full_match(${column}, '0|-?[1-9][0-9]*|-?(0|[1-9][0-9]*)[.][0-9]+')`,
  },
  {
    type: 'date',
    looks: /^\d{4}-\d{2}-\d{2}$/,
    proof: (column) =>
      sql`length(${column}) = 10 and cast(try_cast(${column} as date) as varchar) = ${column}`,
  },
  {
    type: 'timestamp',
    looks: /^\d{4}-\d{2}-\d{2} \d{2}:\d{2}:\d{2}/,
    proof: (column) => sql`cast(try_cast(${column} as timestamp) as varchar) = ${column}`,
  },
]

/** Asks about the values of the whole input: one row, columns as selected. */
export type Ask = (aggregates: Sql) => Promise<Readonly<Record<string, unknown>>>

/**
 * Types of the columns whose every value is given back digit by digit: integers and decimals of at most eighteen
 * digits, nine of them behind the point (`12.5` may become `12.50` beside others), ISO dates and times, `true` and `false`. All other columns stay text. The sample rules out, the whole input decides.
 */
export async function detectTypes(
  sample: Readonly<Record<string, readonly string[]>>,
  ask: Ask,
): Promise<Readonly<Record<string, string>>> {
  const guesses = Object.entries(sample).flatMap(([name, values]) => {
    const candidate =
      values.length === 0
        ? undefined
        : candidates.find(({ looks }) => values.every((value) => looks.test(value)))
    return candidate ? [{ name, candidate }] : []
  })
  if (guesses.length === 0) return {}
  const proofs = await ask(
    sql`${sql.lines(guesses.flatMap(({ name, candidate }, index) => aggregates(sql.id(name), candidate, index)))}`,
  )
  const number = (key: string): number => Number(proofs[key] ?? 0)
  return Object.fromEntries(
    guesses.flatMap(({ name, candidate: { type } }, index) => {
      if (proofs[`holds${index}`] !== true) return []
      if (type !== 'number') return [[name, type]]
      const scale = number(`scale${index}`)
      if (scale > 9 || number(`digits${index}`) + scale > 18) return []
      return [[name, scale === 0 ? 'bigint' : `decimal(18, ${scale})`]]
    }),
  )
}

function aggregates(column: Sql, { type, proof }: Candidate, index: number): readonly Sql[] {
  const as = (name: string) => sql.id(`${name}${index}`)
  const decimals = sql`length(split_part(${column}, '.', 2))`
  const holds = sql`bool_and(coalesce(${proof(column)}, ${column} is null)) as ${as('holds')}`
  if (type !== 'number') return [holds]
  return [
    holds,
    sql`max(${decimals}) as ${as('scale')}`,
    sql`max(length(ltrim(split_part(${column}, '.', 1), '-'))) as ${as('digits')}`,
  ]
}
