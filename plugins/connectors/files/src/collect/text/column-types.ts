import { type Sql, sql } from '@sillage/sdk'

/** Asks about the values of the whole input: one row, columns as selected. */
export type Ask = (aggregates: Sql) => Promise<Readonly<Record<string, unknown>>>

type Types = Readonly<Record<string, string>>

/** Forms that a text may have and come back from the type as it was. */
const forms: readonly (readonly [form: RegExp, type: string])[] = [
  [/^(true|false)$/, 'boolean'],
  [/^(0|-?[1-9]\d{0,17})$/, 'bigint'],
  [/^\d{4}-\d{2}-\d{2}$/, 'date'],
  [/^\d{4}-\d{2}-\d{2} \d{2}:\d{2}:\d{2}/, 'timestamp'],
]

const number = /^-?(0|[1-9]\d*)(\.\d+)?$/

/**
 * Types of the columns whose every value is given back digit by digit: integers and decimals of at most eighteen digits, nine of them
 * behind the point (`12.5` may become `12.50` beside others), ISO dates and times, `true` and `false`. All other columns stay
 * text. The sample guesses, the whole input decides; numbers that do not have one scale are asked about a second time.
 */
export async function detectTypes(
  sample: Readonly<Record<string, readonly string[]>>,
  ask: Ask,
): Promise<Types> {
  const columns = Object.entries(sample).filter(([, values]) => values.length > 0)
  const guesses = Object.fromEntries(
    columns.flatMap(([name, values]) => [guess(values)].flatMap((type) => (type ? [[name, type]] : []))),
  )
  const proven = await prove(guesses, ask)
  const numbers = columns.filter(
    ([name, values]) => !(name in proven) && values.every((value) => number.test(value)),
  )
  return {
    ...proven,
    ...(await measure(
      numbers.map(([name]) => name),
      ask,
    )),
  }
}

function guess(values: readonly string[]): string | undefined {
  const known = forms.find(([form]) => values.every((value) => form.test(value)))?.[1]
  if (known) return known
  const scales = new Set(
    values.map((value) => (number.test(value) ? (value.split('.')[1]?.length ?? 0) : -1)),
  )
  const [scale = -1] = scales
  return scales.size === 1 && scale > 0 && scale <= 9 ? `decimal(18, ${scale})` : undefined
}

/** The guesses by which every text comes back as it was. */
async function prove(guesses: Types, ask: Ask): Promise<Types> {
  const entries = Object.entries(guesses)
  if (entries.length === 0) return {}
  const holds = entries.map(([name, type], index) => {
    const column = sql.id(name)
    return sql`bool_and(${column} is null or coalesce(cast(try_cast(${column} as ${sql.trusted(type)}) as varchar) = ${column}, false)) as ${sql.id(`holds${index}`)}`
  })
  const proofs = await ask(sql.lines(holds))
  return Object.fromEntries(entries.filter((_, index) => proofs[`holds${index}`] === true))
}

/** Numbers of several scales take the largest. */
async function measure(names: readonly string[], ask: Ask): Promise<Types> {
  if (names.length === 0) return {}
  const aggregates = names.flatMap((name, index) => {
    const column = sql.id(name)
    const as = (fact: string) => sql.id(`${fact}${index}`)
    return [
      sql`bool_and(coalesce(regexp_full_match(${column}, '0|-?[1-9][0-9]*|-?(0|[1-9][0-9]*)[.][0-9]+'), true)) as ${as('holds')}`,
      sql`max(length(split_part(${column}, '.', 2))) as ${as('scale')}`,
      sql`max(length(ltrim(split_part(${column}, '.', 1), '-'))) as ${as('digits')}`,
    ]
  })
  const facts = await ask(sql.lines(aggregates))
  const fact = (name: string, index: number): number => Number(facts[`${name}${index}`] ?? 0)
  return Object.fromEntries(
    names.flatMap((name, index) => {
      const scale = fact('scale', index)
      if (facts[`holds${index}`] !== true || scale > 9 || fact('digits', index) + scale > 18) return []
      return [[name, scale === 0 ? 'bigint' : `decimal(18, ${scale})`]]
    }),
  )
}
