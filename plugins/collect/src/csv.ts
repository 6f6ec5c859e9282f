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
import { encodingNames, linesIn, utf8File } from './text/utf8-copy.ts'

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
  /** True where the last scan read this file as it is. */
  readonly known: boolean
  /** The lines behind the end that the file had at the last scan. */
  readonly tail: Tail | undefined
}

interface Tail {
  readonly path: string
  /** Bytes of the file before it. */
  readonly after: number
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
row counts from 1; a cell with line breaks counts as one line, and before a row that is not refused by the scan blank lines do not count. Records may have 64 MB; a quote
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
  const previous = await context.previous()
  const tables: Table[] = []
  for (const file of files)
    tables.push(await openTable({ file, config, context, before: previous?.get(file.path) }))
  const names = allNames(tables)
  const types = config.all_text
    ? {}
    : await detectTypes(samples(tables), async (aggregates) => {
        const facts: Facts[] = []
        for (const table of tables) facts.push(await factsOf({ table, names, aggregates, config, context }))
        return facts.reduce(both)
      })
  const paths = tables.map(({ path }) => path)
  const refused = refusedTables(JSON.stringify(config), ...paths)
  const whole =
    previous === undefined ||
    tables.some(({ known, tail, file }) => !known && !tail && previous.has(file.path))
  return {
    files: files.map(({ path }) => path),
    select: ({ provenance }) =>
      typed(united(tables, config, { refused, provenance }), names, types, provenance),
    refused: refusedLines(
      refused,
      tables.map(({ path, file }) => ({ path, shown: file.shown })),
    ),
    ...(whole ? {} : { appended: await appended({ tables, names, types, config, context }) }),
    detected: detected(tables, types),
  }
}

/** The rows of files that are new, and those behind the old end of files that grew; all other columns are null, as in the whole. */
async function appended({
  tables,
  names,
  types,
  config,
  context,
}: {
  readonly tables: readonly Table[]
  readonly names: readonly string[]
  readonly types: Readonly<Record<string, string>>
  readonly config: Config
  readonly context: SourceContext
}): Promise<NonNullable<Scan['appended']>> {
  const parts: Part[] = []
  for (const table of tables) {
    if (table.known) continue
    if (!table.tail) parts.push(wholeFile(table))
    else parts.push(await tailPart(table, table.tail, config, context))
  }
  const refused = refusedTables('appended', JSON.stringify(config), ...parts.map(({ path }) => path))
  const none = sql`select ${sql.join(names.map((name) => sql`null::varchar as ${sql.id(name)}`))}`
  return {
    select: ({ provenance }) => {
      const place = provenance ? sql`, null::varchar as _file, null::bigint as _line` : sql.empty
      const all = [sql`${none}${place} where false`, ...selects(parts, config, { refused, provenance })]
      return typed(sql.join(all, '\nunion all by name\n'), names, types, provenance)
    },
    refused: refusedLines(
      refused,
      parts.map(({ path, file, linesBefore }) => ({ path, shown: file.shown, linesBefore })),
    ),
  }
}

async function tailPart(table: Table, tail: Tail, config: Config, context: SourceContext): Promise<Part> {
  return {
    ...newLines(table, tail),
    rowsBefore: table.sample.dialect.headerLines + (await countRows({ table, tail, config, context })),
    linesBefore: await countLines(table, tail, context),
  }
}

function wholeFile(table: Table): Part {
  return { ...table, rowsBefore: table.sample.dialect.headerLines, linesBefore: 0 }
}

/** The new lines of a file that grew; without the places of the rows. */
function newLines({ sample, ...table }: Table, { path }: Tail): Part {
  const dialect = { ...sample.dialect, header: false, headerLines: 0 }
  return { ...table, path, sample: { ...sample, dialect }, rowsBefore: 0, linesBefore: 0 }
}

interface TailFacts {
  readonly table: Table
  readonly tail: Tail
  readonly config: Config
  readonly context: SourceContext
}

/** Rows of the file before its tail, as the last scan could read them. */
async function countRows({ table, tail, config, context }: TailFacts): Promise<number> {
  const { path } = table.file
  const count = async (part: Part): Promise<number> => {
    const rows = sql.join(selects([part], config, {}))
    const [row] = await context.query(sql`select count(*) as n from (${rows})`, [path])
    return Number(row!.n)
  }
  const added = (): Promise<number> => count(newLines(table, tail))
  const before = await context.remember(
    'rows',
    path,
    async () => (await count(wholeFile(table))) - (await added()),
    tail.after,
  )
  await context.remember('rows', path, async () => before + (await added()))
  return before
}

/** Lines before a tail as DuckDB counts them where it refuses one: a cell with line breaks is on one line. */
async function countLines({ file, sample }: Table, tail: Tail, context: SourceContext): Promise<number> {
  const { path, bytes } = file
  const count = (from: number, to: number) => linesIn(path, from, to, sample.dialect.quote)
  const before = await context.remember('lines', path, () => count(0, tail.after), tail.after)
  await context.remember('lines', path, async () => before + (await count(tail.after, bytes)))
  return before
}

type Facts = Readonly<Record<string, unknown>>

/** Aggregates over one file, with all columns of all files; of a file that grew only the new lines are read, where the rest is remembered. */
async function factsOf({
  table,
  names,
  aggregates,
  config,
  context,
}: {
  readonly table: Table
  readonly names: readonly string[]
  readonly aggregates: Sql
  readonly config: Config
  readonly context: SourceContext
}): Promise<Facts> {
  const { file, tail } = table
  const none = sql`select ${sql.join(names.map((name) => sql`null::varchar as ${sql.id(name)}`))} where false`
  const ask = async (part: Part): Promise<Facts> => {
    const rows = sql.join([none, ...selects([part], config, {})], '\nunion all by name\n')
    const [row] = await context.query(sql`select ${aggregates} from (${rows})`, [file.path])
    return row!
  }
  const whole = (): Promise<Facts> => ask(wholeFile(table))
  const what = `types ${aggregates.text} ${names.join(' ')}`
  return await context.remember(what, file.path, async () => {
    if (!tail) return await whole()
    return both(await context.remember(what, file.path, whole, tail.after), await ask(newLines(table, tail)))
  })
}

/** Facts of two parts as those of both: what holds must hold in each, the largest counts; null is no row. */
function both(a: Facts, b: Facts): Facts {
  return Object.fromEntries(
    Object.keys(a).map((name) => {
      const [one, other] = [a[name], b[name]]
      if (one === null || other === null) return [name, one ?? other]
      if (typeof one === 'boolean') return [name, one && other]
      return [name, Math.max(Number(one), Number(other))]
    }),
  )
}

async function openTable({
  file,
  config,
  context,
  before,
}: {
  readonly file: ReadableFile
  readonly config: Config
  readonly context: SourceContext
  /** Bytes of the file at the last scan. */
  readonly before: number | undefined
}): Promise<Table> {
  const whitespace = config.delimiter === 'whitespace'
  const { quote = '"' } = config
  const { path, encoding, longestRecord, tail } = await utf8File({
    file,
    encoding: config.encoding,
    lines: whitespace ? 'blanks' : undefined,
    quote,
    context,
    before,
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
  const same = await hasDialectOf({ path: file.path, dialect: sample.dialect, tail, context })
  return {
    file,
    path,
    encoding,
    longestRecord,
    names,
    renamed,
    sample,
    known: before === file.bytes,
    tail: same ? tail : undefined,
  }
}

/** True where a file is cut now as it was before its tail came: new lines may turn a header into a row, or choose another delimiter. */
async function hasDialectOf({
  path,
  dialect,
  tail,
  context,
}: {
  readonly path: string
  readonly dialect: Dialect
  readonly tail: Tail | undefined
  readonly context: SourceContext
}): Promise<boolean> {
  const now = JSON.stringify(dialect)
  await context.remember('dialect', path, async () => now)
  return tail !== undefined && (await context.remember('dialect', path, async () => '', tail.after)) === now
}

/** What one `read_csv` reads. */
interface Part extends Pick<Table, 'file' | 'path' | 'names' | 'longestRecord' | 'sample'> {
  /** Lines of the header, and rows of the file that other parts read before. */
  readonly rowsBefore: number
  /** Lines of the file before this part. */
  readonly linesBefore: number
}

interface ReadFacts {
  readonly refused?: RefusedTables
  readonly provenance?: boolean
}

/** One `read_csv` a file, all columns text; united by name. */
function united(tables: readonly Table[], config: Config, facts: ReadFacts): Sql {
  return sql.join(selects(tables.map(wholeFile), config, facts), '\nunion all by name\n')
}

function selects(
  parts: readonly Part[],
  config: Config,
  { refused, provenance = false }: ReadFacts,
): readonly Sql[] {
  return parts.map(({ file, path, names, longestRecord, rowsBefore, sample: { dialect } }) => {
    const place = provenance
      ? sql`, ${file.shown} as _file, row_number() over () + ${rowsBefore} as _line`
      : sql.empty
    return sql`select *${place} from read_csv(${path}, ${readOptions(dialect, names, config, refused ?? unheeded(path))}${recordLimits(longestRecord)})`
  })
}

/**
 * Tables for the broken lines of a question about the rows, which nobody reads. With `ignore_errors` DuckDB loses all rows behind a
 * first one whose quotes are broken, so that the answer would not be about the rows that the run reads.
 */
function unheeded(path: string): RefusedTables & { readonly limit: number } {
  return { ...refusedTables('unheeded', path), limit: 1 }
}

function readOptions(
  { delimiter, quote, header }: Dialect,
  names: readonly string[],
  { nulls = [] }: Config,
  refused: RefusedTables & { readonly limit?: number },
): Sql {
  return sql.join([
    sql`auto_detect = false`,
    sql`columns = {${sql.join(names.map((name) => sql`${name}: 'VARCHAR'`))}}`,
    sql`delim = ${delimiter}`,
    sql`quote = ${quote}`,
    sql`escape = ${quote}`,
    sql`header = ${header}`,
    sql`nullstr = ${sql.list(['', ...nulls])}`,
    sql`store_rejects = true, rejects_table = ${refused.errors}, rejects_scan = ${refused.scans}, rejects_limit = ${refused.limit ?? 0}`,
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
