import { extname } from 'node:path'
import {
  type CheckFacts,
  defineSink,
  type FilesConnection,
  type PayloadFacts,
  type Problem,
  type Sql,
  type Static,
  sql,
  t,
  totalOrder,
} from '@sillage/sdk'
import { dialectNames, dialects, spreadsheetColumns } from './spreadsheet/dialect.ts'

const config = t.object({
  path: t.path({
    description: 'The file to write; missing folders are created.',
    examples: ['out/call-list.csv'],
  }),
  format: t.optional(t.oneOf(['csv', 'parquet'], { description: 'Default: by the extension of the path.' })),
  where: t.optional(
    t.expression({ description: 'Only rows for which this is true are written; default: all.' }),
  ),
  columns: t.optional(t.columns({ description: 'The columns to write, in order; default: all.' })),
  order: t.optional(
    t.list(
      t.either(
        t.column(),
        t.object({ by: t.column(), descending: t.optional(t.boolean({ default: false })) }),
      ),
      {
        minItems: 1,
        description: 'The order of the rows; ties are ordered by all columns.',
      },
    ),
  ),
  dialect: t.optional(
    t.oneOf(dialectNames, {
      description:
        'Dialect of a CSV file, default standard; excel-fr has semicolons, decimal commas and a byte-order mark.',
    }),
  ),
  formulas: t.optional(
    t.oneOf(['neutralise', 'keep'], {
      description:
        'By default a text in a CSV file that a spreadsheet would run as a formula gets a leading apostrophe; keep it unchanged for a file that only programs read.',
    }),
  ),
})

type Config = Static<typeof config>

export default defineSink<Config, undefined, FilesConnection>({
  name: 'activate/file',
  summary: 'Writes rows to a CSV or Parquet file, in a fixed order, safe to open in a spreadsheet.',
  description: `
The file appears whole or not at all. In CSV a null is an empty cell, and a list of texts one cell. The texts neutralised are those that
begin with \`=\`, \`+\`, \`-\`, \`@\`, a tab or a line end, phone numbers such as \`+33…\` among them.
`,
  config,
  connection: ['files'],
  examples: [
    {
      title: 'A call list, the best customers first',
      with: {
        path: 'out/calls.csv',
        where: 'spent >= 10',
        columns: ['name', 'spent'],
        order: [{ by: 'spent', descending: true }],
      },
      inputs: {
        input: {
          columns: { id: 'integer', name: 'varchar', spent: 'decimal(18,2)' },
          rows: [
            [1, 'Zoé', '10.00'],
            [2, '=HYPERLINK("x")', '-5.00'],
            [3, '@SUM(A1)', '99.50'],
          ],
        },
      },
      writes: { 'out/calls.csv': "name,spent\n'@SUM(A1),99.50\nZoé,10.00\n" },
    },
    {
      title: 'For a French Excel',
      with: { path: 'clients.csv', dialect: 'excel-fr' },
      inputs: {
        input: {
          columns: { nom: 'varchar', solde: 'double', actions: 'varchar[]' },
          rows: [['Zoé', -1234.5, ['appel', 'courrier']]],
        },
      },
      writes: { 'clients.csv': '\u{feff}nom;solde;actions\nZoé;-1234,5;appel, courrier\n' },
    },
    {
      title: 'Parquet, with its types',
      with: { path: 'customers.parquet' },
      inputs: { input: { columns: { id: 'integer', name: 'varchar' }, rows: [[1, '=1']] } },
      writes: { 'customers.parquet': '' },
    },
  ],
  check,
  payload,
  files: ({ config, connection, payload, columns, context }) => {
    const path = context.resolve(connection?.resolve(config.path) ?? config.path)
    if (formatOf(config) === 'parquet')
      return [{ path, format: 'parquet', select: sql`select * from ${payload}` }]
    const dialect = dialects[config.dialect ?? 'standard']
    const cells = spreadsheetColumns(columns, dialect, { neutralise: config.formulas !== 'keep' })
    return [
      {
        path,
        format: 'csv',
        options: { header: true, delimiter: dialect.delimiter },
        select: sql`select ${sql.join(cells)} from ${payload}`,
      },
    ]
  },
})

function check({ config }: CheckFacts<Config>): readonly Problem[] {
  const format = formatOf(config)
  if (format === undefined) {
    return [
      {
        path: ['path'],
        code: 'unknown_format',
        message: `"${config.path}" does not say its format`,
        hint: 'end the path in .csv or .parquet, or set format',
      },
    ]
  }
  const forCsv = (['dialect', 'formulas'] as const).filter(
    (option) => format === 'parquet' && config[option] !== undefined,
  )
  return forCsv.map((option) => ({
    path: [option],
    code: 'option_not_for_format',
    message: `"${option}" says nothing of a Parquet file`,
    hint: 'take it out',
  }))
}

function formatOf({ path, format }: Config): 'csv' | 'parquet' | undefined {
  if (format) return format
  const extension = extname(path).toLowerCase()
  return extension === '.csv' ? 'csv' : extension === '.parquet' ? 'parquet' : undefined
}

/** Ordered as asked, then by every column, so that the same rows always make the same file. */
function payload({ config, columns, input, expression, key }: PayloadFacts<Config>): Sql {
  const names = config.columns ?? columns.map(({ name }) => name)
  const asked = (config.order ?? []).map((part) =>
    typeof part === 'string'
      ? sql.id(part)
      : sql`${sql.id(part.by)}${part.descending ? sql` desc` : sql.empty}`,
  )
  const where = config.where === undefined ? sql.empty : sql`where ${expression(config.where)}`
  return sql`
    select
      ${sql.lines(names.map((name) => sql.id(name)))}
    from ${input} ${where}
    order by ${sql.join([...asked, totalOrder(names, { key })])}
  `
}
