import { type Column, type Sql, sql } from '@sillage/sql'

/** What a contract says of a column of text: its type, and how the text writes it. */
export interface TextForm {
  readonly type: string
  readonly format?: string
  readonly decimal?: string
  readonly thousands?: string
}

/** Dates of which days and months cannot be told apart in any row stay text: a guess would swap them silently. */
const dateFormats = ['%d/%m/%Y', '%m/%d/%Y', '%d.%m.%Y', '%d-%m-%Y']

type Ask = (statement: string) => Promise<Readonly<Record<string, unknown>>>

/** The columns of text, by name, of which every value is a date, or a number with a decimal comma. */
export async function textForms(
  { columns, relation }: { readonly columns: readonly Column[]; readonly relation: string },
  ask: Ask,
): Promise<ReadonlyMap<string, TextForm>> {
  const texts = columns.filter(({ type }) => type === 'VARCHAR')
  if (texts.length === 0) return new Map()
  const facts = await ask(
    sql`select ${sql.lines(texts.flatMap(({ name }, index) => questions(sql`trim(${sql.id(name)})`, index)))} from (${sql.trusted(relation)})`
      .text,
  )
  return new Map(
    texts.flatMap(({ name }, index) => {
      const form = formOf((question) => facts[`${question}${index}`])
      return form ? [[name, form] as const] : []
    }),
  )
}

/** Aggregates over the values that are not blank; null where there is none. */
function questions(text: Sql, index: number): readonly Sql[] {
  const value = sql`nullif(${text}, '')`
  const plain = sql`regexp_replace(${value}, '[ \u00a0\u202f]', '', 'g')`
  const as = (question: string): Sql => sql.id(`${question}${index}`)
  return [
    sql`bool_and(regexp_full_match(${value}, '\\d{4}-\\d{2}-\\d{2}') and try_cast(${value} as date) is not null) as ${as('iso')}`,
    ...dateFormats.map(
      (format) =>
        sql`bool_and(regexp_full_match(${value}, '\\d{1,2}[/.-]\\d{1,2}[/.-]\\d{4}') and try_strptime(${value}, ${format}) is not null) as ${as(format)}`,
    ),
    sql`bool_and(regexp_full_match(${value}, '[+-]?([1-9]\\d{0,2}([ \u00a0\u202f]\\d{3})+|0|[1-9]\\d*)(,\\d+)?')) as ${as('comma')}`,
    sql`max(length(split_part(${plain}, ',', 2))) as ${as('scale')}`,
    sql`max(length(ltrim(split_part(${plain}, ',', 1), '+-'))) as ${as('digits')}`,
    sql`bool_or(${plain} <> ${value}) as ${as('thousands')}`,
  ]
}

function formOf(fact: (question: string) => unknown): TextForm | undefined {
  if (fact('iso') === true) return { type: 'date' }
  const [format, ...others] = dateFormats.filter((one) => fact(one) === true)
  if (format !== undefined) return others.length === 0 ? { type: 'date', format } : undefined
  const scale = Number(fact('scale') ?? 0)
  const digits = Number(fact('digits') ?? 0)
  if (fact('comma') !== true || scale < 1 || scale > 9 || digits + scale > 18) return undefined
  return {
    type: `decimal(18,${scale})`,
    decimal: ',',
    ...(fact('thousands') === true ? { thousands: ' ' } : {}),
  }
}
