import {
  defineSource,
  type Scan,
  type SourceContext,
  type Sql,
  type Static,
  sourceFailed,
  sql,
  t,
} from '@sillage/sdk'
import { checkFileOptions, fileOptions, placeOf } from './files/file-options.ts'
import { type ReadableFile, readableFiles } from './files/readable-files.ts'
import { columnNames } from './text/column-names.ts'
import { detectTypes } from './text/column-types.ts'
import { type Dialect, detectDialect, type Sample } from './text/dialect.ts'
import type { Encoding } from './text/encoding.ts'
import { type RefusedTables, recordLimits, refusedLines, refusedTables } from './text/refused-lines.ts'
import { encodingNames, utf8File } from './text/utf8-copy.ts'

const config = t.object({
  ...fileOptions,
  delimiter: t.optional(
    t.text({
      minLength: 1,
      description:
        'What stands between cells; `whitespace` for columns that blanks separate, `tab` for tabs. Found in the file unless said.',
      examples: [',', ';', 'tab', 'whitespace'],
    }),
  ),
  header: t.optional(
    t.boolean({ description: 'Whether the first line names the columns. Found in the file unless said.' }),
  ),
  names: t.optional(
    t.list(t.text({ minLength: 1 }), {
      minItems: 1,
      uniqueItems: true,
      description: 'Names of the columns, in place of those of the header.',
    }),
  ),
  all_text: t.optional(t.boolean({ default: false, description: 'Leave every column text.' })),
  encoding: t.optional(t.oneOf(encodingNames, { description: 'Found in the file unless said.' })),
  nulls: t.optional(
    t.list(t.text({ minLength: 1 }), {
      description: 'Texts that mean "no value", beside the empty cell.',
      examples: [['NA', '\\N']],
    }),
  ),
  quote: t.optional(
    t.text({ description: 'What encloses cells, `"` unless said; empty for none.', default: '"' }),
  ),
})

type Config = Static<typeof config>

/** A file as DuckDB will read it. */
interface Table {
  readonly file: ReadableFile
  /** The file, or its copy in UTF-8. */
  readonly path: string
  readonly encoding: Encoding
  readonly longestRecord: number
  readonly names: readonly string[]
  readonly renamed: readonly string[]
  readonly sample: Sample
}

export default defineSource({
  name: 'collect/csv',
  summary: 'Reads CSV files of any dialect and encoding without losing a digit.',
  description: `
Delimiter, header and encoding are found where they are not given: UTF-8, UTF-16, else Windows-1252. A column has a type only if every
value of every file is given back as it was: identifiers with a leading zero, \`+33…\`, \`1e3\`, \`C536379\` and French dates stay
text, to be cast by clean/contract.

Several files are united by the names of their columns. A repeated name gets \`_1\`, a missing one its place (\`column3\`). A line with
too few or too many cells, with a quote left open or with bytes that are no text is refused with its file, line and text. The line of a
row counts from 1, and is exact unless blank lines, refused lines or cells with line breaks stand before it. Records may have 64 MB; a quote
that is opened and not closed before ten thousand characters stops the run, naming its line, since it would hide all that follows.
`,
  config,
  check: checkFileOptions,
  examples: [
    {
      title: 'Types where no digit is lost; a line with too few cells is refused',
      with: { path: 'orders.csv' },
      files: {
        'orders.csv':
          'order;siret;amount;day\n1;00012345600017;12.50;2014-05-23\n2;73282932000074;7;2014-05-24\n3;x\n',
      },
      rows: [
        { order: 1, siret: '00012345600017', amount: '12.50', day: '2014-05-23' },
        { order: 2, siret: '73282932000074', amount: '7.00', day: '2014-05-24' },
      ],
      rejects: [['missing_columns']],
    },
    {
      title: 'A file of French Excel in Windows-1252, left text',
      with: { path: 'clients.csv', all_text: true },
      files: {
        'clients.csv': Buffer.from('Prénom;Solde €\r\nZoé;1 234,56\r\n', 'latin1').map((byte, index) =>
          index === 13 ? 0x80 : byte,
        ),
      },
      rows: [{ Prénom: 'Zoé', 'Solde €': '1 234,56' }],
    },
    {
      title: 'Columns that blanks separate, without a header',
      with: { path: 'sales.txt', delimiter: 'whitespace', names: ['id', 'day', 'amount'] },
      files: { 'sales.txt': ' 00004 19970101  29.33\n 00004 19970118  29.73\n' },
      rows: [
        { id: '00004', day: 19970101, amount: '29.33' },
        { id: '00004', day: 19970118, amount: '29.73' },
      ],
    },
  ],
  scan,
})

async function scan({
  config,
  context,
}: {
  readonly config: Config
  readonly context: SourceContext
}): Promise<Scan> {
  const files = await readableFiles({ context, place: placeOf(config) })
  const tables: Table[] = []
  for (const file of files) tables.push(await openTable(file, config, context))
  const types = config.all_text
    ? {}
    : await detectTypes(samples(tables), async (aggregates) => {
        const [row] = await context.query(sql`select ${aggregates} from (${united(tables, config, {})})`)
        return row!
      })
  const refused = refusedTables(JSON.stringify(config), ...tables.map(({ path }) => path))
  return {
    files: files.map(({ path }) => path),
    select: ({ provenance }) =>
      typed(united(tables, config, { refused, provenance }), allNames(tables), types, provenance),
    refused: refusedLines(refused, new Map(tables.map(({ path, file }) => [path, file.shown]))),
    detected: detected(tables, types),
  }
}

async function openTable(file: ReadableFile, config: Config, context: SourceContext): Promise<Table> {
  const whitespace = config.delimiter === 'whitespace'
  const { quote = '"' } = config
  const { path, encoding, longestRecord } = await utf8File({
    file,
    encoding: config.encoding,
    lines: whitespace ? 'blanks' : undefined,
    quote,
    context,
  })
  const delimiter = whitespace ? ',' : config.delimiter === 'tab' ? '\t' : config.delimiter
  const sample = await detectDialect(path, { delimiter, quote: config.quote, header: config.header })
  if (sample.written.length === 0) throw noRows(file.shown)
  if (config.names && config.names.length !== sample.written.length)
    throw wrongNames(file.shown, config.names.length, sample)
  if (config.delimiter !== undefined && sample.written.length === 1)
    await assertNoBetterDelimiter(path, file.shown, config)
  const names = columnNames(config.names ?? sample.written)
  const renamed = names.filter(
    (name, index) => !config.names && sample.dialect.header && name !== sample.written[index],
  )
  return { file, path, encoding, longestRecord, names, renamed, sample }
}

/** One `read_csv` a file, all columns text; united by name. */
function united(
  tables: readonly Table[],
  config: Config,
  { refused, provenance = false }: { readonly refused?: RefusedTables; readonly provenance?: boolean },
): Sql {
  const selects = tables.map(({ file, path, names, longestRecord, sample: { dialect } }) => {
    const place = provenance
      ? sql`, ${file.shown} as _file, row_number() over () + ${dialect.headerLines} as _line`
      : sql.empty
    return sql`select *${place} from read_csv(${path}, ${readOptions(dialect, names, config, refused)}${recordLimits(longestRecord)})`
  })
  return sql.join(selects, '\nunion all by name\n')
}

function readOptions(
  { delimiter, quote, header }: Dialect,
  names: readonly string[],
  { nulls = [] }: Config,
  refused: RefusedTables | undefined,
): Sql {
  return sql.join([
    sql`auto_detect = false`,
    sql`columns = {${sql.join(names.map((name) => sql`${name}: 'VARCHAR'`))}}`,
    sql`delim = ${delimiter}`,
    sql`quote = ${quote}`,
    sql`escape = ${quote}`,
    sql`header = ${header}`,
    sql`nullstr = ${sql.list(['', ...nulls])}`,
    refused
      ? sql`store_rejects = true, rejects_table = ${refused.errors}, rejects_scan = ${refused.scans}, rejects_limit = 0`
      : sql`ignore_errors = true`,
  ])
}

function typed(
  relation: Sql,
  names: readonly string[],
  types: Readonly<Record<string, string>>,
  provenance: boolean,
): Sql {
  if (Object.keys(types).length === 0) return relation
  const columns = names.map((name) =>
    types[name] ? sql`cast(${sql.id(name)} as ${sql.trusted(types[name])}) as ${sql.id(name)}` : sql.id(name),
  )
  return sql`
    select
      ${sql.lines([...columns, ...(provenance ? [sql`_file`, sql`_line`] : [])])}
    from (
      ${relation}
    )
  `
}

/** Names of all files in order; case does not tell them apart. */
function allNames(tables: readonly Table[]): readonly string[] {
  const first = new Map<string, string>()
  for (const name of tables.flatMap(({ names }) => names)) {
    if (!first.has(name.toLowerCase())) first.set(name.toLowerCase(), name)
  }
  return [...first.values()]
}

/** Values of each column in the heads of the files, without nulls. */
function samples(tables: readonly Table[]): Readonly<Record<string, readonly string[]>> {
  return Object.fromEntries(
    allNames(tables).map((name) => [
      name,
      tables.flatMap(({ names, sample }) => {
        const index = names.findIndex((other) => other.toLowerCase() === name.toLowerCase())
        return index < 0 ? [] : sample.records.flatMap((record) => record[index] || [])
      }),
    ]),
  )
}

function detected(
  tables: readonly Table[],
  types: Readonly<Record<string, string>>,
): Readonly<Record<string, string>> {
  const distinct = (of: (table: Table) => string) => [...new Set(tables.map(of))].join(', ')
  const renamed = tables.flatMap((table) => table.renamed)
  return {
    encoding: distinct(({ encoding }) => encoding),
    delimiter: distinct(({ sample }) =>
      sample.dialect.delimiter === '\t' ? 'tab' : sample.dialect.delimiter,
    ),
    header: distinct(({ sample }) => (sample.dialect.header ? 'yes' : 'no')),
    ...(renamed.length > 0 ? { renamed: [...new Set(renamed)].join(', ') } : {}),
    ...(Object.keys(types).length > 0
      ? {
          types: Object.entries(types)
            .map(([name, type]) => `${name} ${type}`)
            .join(', '),
        }
      : {}),
  }
}

async function assertNoBetterDelimiter(
  path: string,
  shown: string,
  { quote, header, delimiter }: Config,
): Promise<void> {
  const other = await detectDialect(path, { quote, header })
  if (other.written.length === 1) return
  throw sourceFailed({
    code: 'wrong_delimiter',
    message: `${JSON.stringify(delimiter)} separates nothing in ${shown}, ${JSON.stringify(other.dialect.delimiter)} gives ${other.written.length} columns`,
    hint: `write delimiter: ${JSON.stringify(other.dialect.delimiter)}, or leave it out`,
  })
}

function noRows(shown: string): Error {
  return sourceFailed({
    code: 'file_empty',
    message: `${shown} has no line with text`,
    hint: 'check the export that wrote it, or take the file out of the list',
  })
}

function wrongNames(shown: string, given: number, { written }: Sample): Error {
  return sourceFailed({
    code: 'names_do_not_fit',
    message: `${shown} has ${written.length} columns, but \`names\` lists ${given}`,
    hint: `name each column in order${written.some(Boolean) ? `: ${written.join(', ')}` : ''}`,
  })
}
