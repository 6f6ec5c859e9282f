import { type Column, type Sql, sql } from '@sillage/sql'

/** What a contract says of a column of text: its type, and how the text writes it. */
export interface TextForm {
  readonly type: string
  readonly format?: string
  readonly decimal?: string
  readonly thousands?: string
}

/** What most values of a column of text are, and how many of them are something else. */
export interface FoundForm {
  readonly form: TextForm
  readonly odd: number
  readonly values: number
}

/** Dates of which days and months cannot be told apart in any row stay text: a guess would swap them silently. */
const dateFormats = ['%d/%m/%Y', '%m/%d/%Y', '%d.%m.%Y', '%d-%m-%Y']

type Ask = (statement: string) => Promise<Readonly<Record<string, unknown>>>

/** A form is told where at least this share of the values has it. */
const leastShare = 0.8

/** The columns of text, by name, of which most values are a date or a number. */
export async function textForms(
  { columns, relation }: { readonly columns: readonly Column[]; readonly relation: string },
  ask: Ask,
): Promise<ReadonlyMap<string, FoundForm>> {
  const texts = columns.filter(({ type }) => type === 'VARCHAR')
  if (texts.length === 0) return new Map()
  const facts = await ask(
    sql`select ${sql.lines(texts.flatMap(({ name }, index) => questions(sql`trim(${sql.id(name)})`, index)))} from (${sql.trusted(relation)})`
      .text,
  )
  return new Map(
    texts.flatMap(({ name }, index) => {
      const found = formOf((question) => Number(facts[`${question}${index}`] ?? 0))
      return found ? [[name, found] as const] : []
    }),
  )
}

/** Aggregates over the values that are not blank. */
function questions(text: Sql, index: number): readonly Sql[] {
  const value = sql`nullif(${text}, '')`
  const plain = sql`regexp_replace(${value}, '[ \u00a0\u202f]', '', 'g')`
  const as = (question: string): Sql => sql.id(`${question}${index}`)
  const count = (condition: Sql, question: string): Sql =>
    sql`count(*) filter (where ${condition}) as ${as(question)}`
  const isComma = sql`regexp_full_match(${value}, '[+-]?([1-9]\\d{0,2}([ \u00a0\u202f]\\d{3})+|0|[1-9]\\d*)(,\\d+)?')`
  const isPoint = sql`regexp_full_match(${value}, '-?(0|[1-9]\\d*)([.]\\d+)?')`
  const most = (condition: Sql, length: Sql, question: string): Sql =>
    sql`max(case when ${condition} then length(${length}) end) as ${as(question)}`
  return [
    sql`count(${value}) as ${as('values')}`,
    count(
      sql`regexp_full_match(${value}, '\\d{4}-\\d{2}-\\d{2}') and try_cast(${value} as date) is not null`,
      'iso',
    ),
    ...dateFormats.map((format) =>
      count(
        sql`regexp_full_match(${value}, '\\d{1,2}[/.-]\\d{1,2}[/.-]\\d{4}') and try_strptime(${value}, ${format}) is not null`,
        format,
      ),
    ),
    count(isComma, 'comma'),
    most(isComma, sql`split_part(${plain}, ',', 2)`, 'scale'),
    most(isComma, sql`ltrim(split_part(${plain}, ',', 1), '+-')`, 'digits'),
    count(sql`${isComma} and ${plain} <> ${value}`, 'thousands'),
    count(isPoint, 'point'),
    count(sql`regexp_full_match(${value}, '[+]?0\\d+|[+]\\d+')`, 'codes'),
    most(isPoint, sql`split_part(${value}, '.', 2)`, 'point_scale'),
    most(isPoint, sql`ltrim(split_part(${value}, '.', 1), '-')`, 'point_digits'),
  ]
}

function formOf(fact: (question: string) => number): FoundForm | undefined {
  const values = fact('values')
  const found = [
    { form: { type: 'date' }, count: fact('iso') },
    ...dateForms(fact),
    ...commaForms(fact),
    // A column of which all values are such numbers has a type already, or is to stay text for its digits; one with leading zeros holds codes.
    ...(fact('point') < values && fact('codes') === 0 ? pointForms(fact) : []),
  ]
  const best = found.reduce((a, b) => (b.count > a.count ? b : a))
  if (values === 0 || best.count < leastShare * values) return undefined
  return { form: best.form, odd: values - best.count, values }
}

interface Counted {
  readonly form: TextForm
  readonly count: number
}

function dateForms(fact: (question: string) => number): readonly Counted[] {
  const most = Math.max(...dateFormats.map(fact))
  const [format, ...others] = dateFormats.filter((one) => fact(one) === most)
  return others.length > 0 ? [] : [{ form: { type: 'date', format: format! }, count: most }]
}

function commaForms(fact: (question: string) => number): readonly Counted[] {
  const scale = fact('scale')
  if (scale < 1 || scale > 9 || fact('digits') + scale > 18) return []
  const thousands = fact('thousands') > 0 ? { thousands: ' ' } : {}
  return [{ form: { type: `decimal(18,${scale})`, decimal: ',', ...thousands }, count: fact('comma') }]
}

function pointForms(fact: (question: string) => number): readonly Counted[] {
  const scale = fact('point_scale')
  if (scale > 9 || fact('point_digits') + scale > 18) return []
  return [{ form: { type: scale === 0 ? 'integer' : `decimal(18,${scale})` }, count: fact('point') }]
}
