import {
  type Column,
  defineSql,
  didYouMean,
  isText,
  type Problem,
  type Sql,
  type SqlFacts,
  type Static,
  sql,
  t,
} from '@sillage/sdk'
import { exactFromText } from './casts/from-text.ts'
import { exactFromTyped } from './casts/from-typed.ts'
import { parseTarget } from './casts/target.ts'
import { cleanText, plainNumber, type TextForm } from './casts/text-form.ts'
import { checkColumn } from './rules/check-column.ts'
import { type ColumnSpec, columnSpec } from './rules/column-spec.ts'
import { type CastColumn, judgeColumn } from './rules/judge-column.ts'
import { rejectMask } from './rules/reject-mask.ts'

const config = t.object({
  columns: t.map(columnSpec, {
    minProperties: 1,
    'x-key-role': 'new-column',
    description: 'The columns that leave the step, in order.',
  }),
  others: t.optional(
    t.oneOf(['drop', 'keep'], {
      default: 'drop',
      description: 'Columns that the contract does not name: drop them, or keep them as they are.',
    }),
  ),
})

type Config = Static<typeof config>

export default defineSql({
  name: 'clean/contract',
  refuses: true,
  summary:
    'Gives columns names and exact types and refuses the rows that break a rule, each with its reasons.',
  description: `
A cast is exact: a text that would lose a digit or change its meaning refuses its row (\`1.5\`, \`1e3\` and \`007\` are no integers,
\`yes\` is no boolean unless \`yes\` says so). Blanks around a text are cut, blank text is null, and null passes every rule but
\`required\`. A pattern must match the whole text. Limits are compared with the exact value.
`,
  config,
  rows: 'same',
  incremental: 'by_row',
  examples: [
    {
      title: 'Text from a CSV file, with two rows that break a rule',
      with: {
        columns: {
          order: { from: 'Order ID', type: 'text', required: true },
          amount: { from: 'Sales', type: 'decimal(18,2)', min: 0 },
          day: { from: 'Date', type: 'date' },
        },
      },
      inputs: {
        input: {
          columns: { 'Order ID': 'varchar', Sales: 'varchar', Date: 'varchar' },
          rows: [
            ['A-1', '12.50', '2014-05-23'],
            [' ', '-1', '2014-05-23'],
            ['A-3', '1.005', '2014-02-30'],
          ],
        },
      },
      rows: [{ order: 'A-1', amount: '12.50', day: '2014-05-23' }],
      rejects: [
        ['order: missing', 'amount: below_min'],
        ['amount: not_decimal', 'day: not_date'],
      ],
    },
    {
      title: 'French numbers, dates and answers',
      with: {
        columns: {
          montant: { type: 'double', decimal: ',', thousands: ' ' },
          achat: { type: 'date', format: '%d/%m/%Y' },
          bio: { type: 'boolean', yes: ['oui'], no: ['non'] },
        },
      },
      inputs: {
        input: {
          columns: { montant: 'varchar', achat: 'varchar', bio: 'varchar' },
          rows: [['1 234,56', '23/05/2014', 'Oui']],
        },
      },
      rows: [{ montant: 1234.56, achat: '2014-05-23', bio: true }],
    },
  ],
  check,
  sql: compile,
})

function check({
  config,
  columns,
}: {
  readonly config: Config
  readonly columns: readonly Column[]
}): readonly Problem[] {
  const named = Object.entries(config.columns)
  const missing = named
    .filter(([name, { from }]) => from === undefined && !columns.some((column) => column.name === name))
    .map(([name]) => {
      const hint = didYouMean(
        name,
        columns.map((column) => column.name),
      )
      return {
        path: ['columns', name],
        code: 'unknown_column',
        message: `the input has no column "${name}"`,
        hint: `write \`from\`, the name in the input${hint ? `: ${hint}` : ''}`,
      }
    })
  const names = new Set(named.map(([name]) => name.toLowerCase()))
  const hidden = kept(config, columns)
    .filter(({ name }) => names.has(name.toLowerCase()))
    .map(({ name }) => ({
      path: ['others'],
      code: 'column_collision',
      message: `two columns would be called "${name}"`,
      hint: 'give one of them another name',
    }))
  return [...named.flatMap(([name, spec]) => checkColumn(name, spec)), ...missing, ...hidden]
}

/** Each layer reads the columns of the layer before, so that nothing is computed twice: texts, plain numbers, values, bits. */
function compile({ config, columns, input, provenance }: SqlFacts<Config>) {
  const plans = Object.entries(config.columns).map(([name, spec]) => planColumn(name, spec, columns))
  const { mask, rules } = rejectMask(plans.flatMap(({ cast }) => judgeColumn(cast)))
  const made = [
    ...plans.map(({ cast }) => sql`${cast.value} as ${sql.id(cast.name)}`),
    ...kept(config, columns).map(({ name }) => sql.id(name)),
  ]
  const typed = layer(
    layer(
      layer(
        input,
        plans.flatMap(({ text }) => text),
      ),
      plans.flatMap(({ number }) => number),
    ),
    plans.flatMap(({ typed }) => typed),
  )
  const notes = Object.fromEntries(plans.flatMap(({ cast: { name, spec } }) => noteOf(name, spec)))
  if (rules.length === 0) return { select: sql`select\n  ${sql.lines(made)}\nfrom ${typed}`, notes }
  const where = provenance
    ? ['_file', '_line'].map(
        (name) => sql`case when _reject <> 0 then ${sql.id(name)} end as ${sql.id(name)}`,
      )
    : []
  const raw = sql`case when _reject <> 0 then cast(json_object(${sql.join(columns.map(({ name }) => sql`${name}, ${sql.id(name)}`))}) as varchar) end as _raw`
  return {
    rejects: rules,
    notes,
    select: sql`
      select
        ${sql.lines([...made, sql`_reject`, raw, ...where])}
      from ${layer(typed, [sql`${mask} as _reject`])}
    `,
  }
}

function layer(relation: Sql, made: readonly Sql[]): Sql {
  if (made.length === 0) return relation
  return sql`
    (
      select
        ${sql.lines([sql`*`, ...made])}
      from ${relation}
    )
  `
}

interface ColumnPlan {
  readonly text: readonly Sql[]
  readonly number: readonly Sql[]
  readonly typed: readonly Sql[]
  readonly cast: CastColumn
}

function planColumn(name: string, spec: ColumnSpec, columns: readonly Column[]): ColumnPlan {
  const target = parseTarget(spec.type)!
  const from = spec.from ?? name
  const type = columns.find((column) => column.name === from)?.type ?? 'VARCHAR'
  const source = sql.id(from)
  const form = formOf(spec)
  const value = inner(name, spec.type)
  const exact = isText(type) ? undefined : exactFromTyped(source, type, target)
  if (exact) {
    return {
      text: [],
      number: [],
      typed: [sql`${exact.value} as ${value}`],
      cast: { name, spec, target, read: source, value, canFail: exact.canFail },
    }
  }
  const read = inner(name, 'read')
  const text = [
    sql`${cleanText(type === 'VARCHAR' ? source : sql`cast(${source} as varchar)`, form)} as ${read}`,
  ]
  if (target.kind === 'text')
    return { text, number: [], typed: [], cast: { name, spec, target, read, value: read, canFail: false } }
  const reformed = (spec.decimal ?? '.') !== '.' || spec.thousands !== undefined
  const number = inner(name, 'number')
  return {
    text,
    number: reformed ? [sql`${plainNumber(read, form)} as ${number}`] : [],
    typed: [sql`${exactFromText(reformed ? number : read, target, form)} as ${value}`],
    cast: { name, spec, target, read, value, canFail: true },
  }
}

/** A name that no column of a file is likely to have, for a value on its way. */
function inner(name: string, step: string): Sql {
  return sql.id(`${name} → ${step}`)
}

function kept(config: Config, columns: readonly Column[]): readonly Column[] {
  if (config.others !== 'keep') return []
  const read = new Set(Object.entries(config.columns).map(([name, { from }]) => from ?? name))
  return columns.filter(({ name }) => !read.has(name))
}

function noteOf(name: string, { personal, description }: ColumnSpec) {
  const note = {
    ...(description === undefined ? {} : { comment: description }),
    ...(personal === undefined ? {} : { personal }),
  }
  return Object.keys(note).length === 0 ? [] : [[name, note] as const]
}

function formOf({
  trim = true,
  nulls = [],
  decimal = '.',
  thousands,
  format,
  yes = ['true'],
  no = ['false'],
}: ColumnSpec): TextForm {
  return { trim, nulls, decimal, thousands, formats: [format ?? []].flat(), yes, no }
}
