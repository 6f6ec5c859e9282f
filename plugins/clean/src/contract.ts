import {
  type Column,
  type CountedWarning,
  defineSql,
  didYouMean,
  isPlain,
  isRewritten,
  isText,
  type Problem,
  placeColumns,
  type Sql,
  type SqlFacts,
  type Static,
  sql,
  t,
} from '@sillage/sdk'
import { exactFromText } from './casts/from-text.ts'
import { exactFromTyped } from './casts/from-typed.ts'
import { decodedEntities } from './casts/html-entities.ts'
import { plainNumber } from './casts/plain-number.ts'
import { parseTarget } from './casts/target.ts'
import { cleanText, type TextForm } from './casts/text-form.ts'
import { checkColumn } from './rules/check-column.ts'
import { type ColumnSpec, columnSpec } from './rules/column-spec.ts'
import { type CastColumn, isSetNull, judgeColumn, keptValue, setsNull } from './rules/judge-column.ts'
import { leaveOut } from './rules/leave-out.ts'
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
  leave_out: t.optional(
    t.list(t.expression({ scope: 'new-columns' }), {
      minItems: 1,
      description:
        'Conditions over the columns of the contract, or else of the input. A row for which one is true is left out, not refused: they are looked at before the rules, and counted as filtered. A value that does not cast is not taken for missing.',
      examples: [['customer is null', 'quantity < 0']],
    }),
  ),
})

type Config = Static<typeof config>

export default defineSql({
  name: 'clean/contract',
  refuses: true,
  carries: true,
  summary:
    'Gives columns names and exact types and refuses the rows that break a rule, each with its reasons.',
  description: `
A cast is exact: a text that would lose a digit or change its meaning refuses its row (\`1.5\`, \`1e3\` and \`007\` are no integers,
\`yes\` is no boolean unless \`yes\` says so). Blanks around a text are cut, blank text is null, and null passes every rule but
\`required\`. A pattern must match the whole text. Limits are compared with the exact value.

A text leaves in the one form in which it is a key: Unicode NFC, blanks of typography as plain spaces, without characters that nobody sees;
how many texts were written anew is told. A number may have the signs of typography (\`−12.50\`, \`(12.50)\`, \`12.50-\`, \`€ 12.50\`: the
currency itself is lost). A double becomes the decimal of its shortest digits. A time with an offset becomes UTC.

\`leave_out\` is for rows that are no fault, such as anonymous sales; \`on_invalid: 'null'\` for a value that is not worth its row.
`,
  config,
  rows: ({ leave_out: leaveOut }) => (leaveOut === undefined ? 'same' : 'filter'),
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

/** Each layer reads the columns of the layer before, so that nothing is computed twice: which texts are plain, texts, plain numbers, values, bits. */
function compile({ config, columns, input, provenance, carries, expression }: SqlFacts<Config>) {
  const plans = Object.entries(config.columns).map(([name, spec]) => planColumn(name, spec, columns))
  const casts = plans.map(({ cast }) => cast)
  const { mask, rules } = rejectMask(casts.flatMap(judgeColumn))
  const told = tell(plans)
  const made = [
    ...casts.map((cast) => sql`${keptValue(cast)} as ${sql.id(cast.name)}`),
    ...kept(config, columns).map(({ name }) => sql.id(name)),
    ...told.columns,
  ]
  const layers = [
    plans.flatMap(({ decoded }) => decoded ?? []),
    plans.flatMap(({ plain }) => plain ?? []),
    plans.flatMap(({ text }) => text),
    plans.flatMap(({ number }) => number),
    plans.flatMap(({ typed }) => typed),
  ]
  const left = leaveOut(layers.reduce(layer, input), {
    conditions: config.leave_out ?? [],
    casts,
    columns,
    expression,
  })
  const notes = Object.fromEntries(casts.flatMap(({ name, spec }) => noteOf(name, spec)))
  const step = { notes, ...(told.warnings.length === 0 ? {} : { warnings: told.warnings }) }
  const place = (name: string): Sql =>
    carries ? sql.id(name) : sql`case when _reject <> 0 then ${sql.id(name)} end as ${sql.id(name)}`
  const places = provenance ? placeColumns.map(place) : []
  if (rules.length === 0) {
    const all = [...made, ...(carries ? places : [])]
    return { select: sql`select\n  ${sql.lines(all)}\nfrom ${left}`, ...step }
  }
  const raw = sql`case when _reject <> 0 then cast(json_object(${sql.join(columns.map(({ name }) => sql`${name}, ${sql.id(name)}`))}) as varchar) end as _raw`
  return {
    rejects: rules,
    ...step,
    select: sql`
      select
        ${sql.lines([...made, sql`_reject`, raw, ...places])}
      from ${layer(left, [sql`${mask} as _reject`])}
    `,
  }
}

/** What the step says of its rows: texts that were written anew, values that became null. */
function tell(plans: readonly ColumnPlan[]): {
  readonly columns: readonly Sql[]
  readonly warnings: readonly CountedWarning[]
} {
  const texts = plans.flatMap(({ rewritten }) => rewritten ?? [])
  const nulled = plans.map(({ cast }) => cast).filter(setsNull)
  return {
    columns: [
      ...(texts.length === 0
        ? []
        : [
            sql`${sql.join(
              texts.map((one) => sql`cast(${one} as utinyint)`),
              ' + ',
            )} as _rewritten`,
          ]),
      ...nulled.map((cast, index) => sql`${isSetNull(cast)} as ${sql.id(`_nulled_${index}`)}`),
    ],
    warnings: [
      ...(texts.length === 0
        ? []
        : [
            {
              code: 'texts_rewritten',
              message:
                'texts were written in their one form: NFC, plain spaces, no characters that nobody sees',
              hint: 'trim: false leaves the texts of a column as they came',
              count: sql`coalesce(sum(_rewritten), 0)::bigint`,
            },
          ]),
      ...nulled.map(({ name }, index) => ({
        code: 'values_set_null',
        message: `values of ${name} that break its contract became null`,
        hint: 'on_invalid: refuse keeps their rows apart, where they can be seen',
        count: sql`count(*) filter (where ${sql.id(`_nulled_${index}`)})`,
      })),
    ],
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
  readonly decoded?: Sql
  /** Whether the text is its own canonical form. */
  readonly plain?: Sql
  readonly text: readonly Sql[]
  readonly number: readonly Sql[]
  readonly typed: readonly Sql[]
  readonly cast: CastColumn
  /** Whether a text leaves otherwise than it came, but for the blanks around it; undefined where none can. */
  readonly rewritten?: Sql
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
  const came = type === 'VARCHAR' ? source : sql`cast(${source} as varchar)`
  const clear = inner(name, 'decoded')
  const decoded = spec.entities === 'decode' ? { decoded: sql`${decodedEntities(came)} as ${clear}` } : {}
  const written = spec.entities === 'decode' ? clear : came
  if (target.kind === 'text') {
    const cast = { name, spec, target, read, value: read, canFail: false }
    const told = inner(name, 'rewritten')
    if (!form.trim)
      return { ...decoded, text: [sql`${cleanText(written, form)} as ${read}`], number: [], typed: [], cast }
    const plain = inner(name, 'plain')
    return {
      ...decoded,
      plain: sql`${isPlain(written)} as ${plain}`,
      text: [
        sql`${cleanText(written, form, plain)} as ${read}`,
        sql`${isRewritten(written, plain)} as ${told}`,
      ],
      number: [],
      typed: [],
      cast,
      rewritten: told,
    }
  }
  const reformed = (spec.decimal ?? '.') !== '.' || spec.thousands !== undefined
  const number = reformed ? inner(name, 'number') : read
  return {
    text: [sql`${cleanText(written, form)} as ${read}`],
    number: reformed ? [sql`${plainNumber(read, form)} as ${number}`] : [],
    typed: [sql`${exactFromText({ read, number }, target, form)} as ${value}`],
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

function noteOf(name: string, { personal, description, values }: ColumnSpec) {
  const note = {
    ...(description === undefined ? {} : { comment: description }),
    ...(personal === undefined ? {} : { personal }),
    ...(values === undefined ? {} : { values: values.map(String) }),
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
