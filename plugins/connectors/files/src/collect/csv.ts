import {
  defineSource,
  type FilesConnection,
  type Problem,
  type Scan,
  type SourceContext,
  sourceFailed,
  sql,
  type Warning,
} from '@sillage/sdk'
import { appended } from './csv/appended.ts'
import { type CsvOptions, csvOptions } from './csv/options.ts'
import { insideQuotes, selects, wholeFile } from './csv/part.ts'
import { openTable, type Table } from './csv/table.ts'
import { typed, typesOf } from './csv/types.ts'
import { checkFileOptions, placeOf } from './files/file-options.ts'
import { fileEmpty, previousFiles, readableFiles } from './files/readable-files.ts'
import { unpacked } from './files/unpacked.ts'
import { changesName, columnsRenamed } from './text/column-names.ts'
import { refusedLines, refusedTables } from './text/refused-lines.ts'

export default defineSource<CsvOptions, FilesConnection>({
  name: 'collect/csv',
  summary: 'Reads CSV files of any dialect and encoding without losing a digit.',
  description: `
Delimiter, header and encoding are found where they are not given: UTF-8, UTF-16, else Windows-1252; a first line \`sep=;\` is heeded. A column has a type only if every
value of every file is given back as it was: identifiers with a leading zero, \`+33…\`, \`1e3\`, \`C536379\` and French dates stay
text, to be cast by clean/contract.

Several files are united by the names of their columns. A repeated name gets \`_1\`, a missing one its place (\`column3\`), one that begins
with \`_\` loses it (\`_id\` beside \`id\` is \`id_1\`); the run says which. An empty file among others is told and passed over. Files that end in
\`.gz\`, \`.zst\` or \`.zip\` (of one file) are unpacked first. A line with
too few or too many cells, with a quote left open or with bytes that are no text is refused with its file, line and text. The line of a
row counts from 1; a cell with line breaks counts as one line, and before a row that is not refused by the scan blank lines do not count. A blank
line is no row, but a null where the file has one column. Records may have 64 MB; a quote
that is opened and not closed before ten thousand characters stops the run, naming its line, since it would hide all that follows.
`,
  config: csvOptions,
  connection: ['files'],
  check: ({ config }) => [...checkFileOptions({ config }), ...checkNulls(config)],
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

/** What stands in quotes can be told from what does not only where both mean no value, or neither. */
function checkNulls({ nulls = [], quote = '"' }: CsvOptions): readonly Problem[] {
  return nulls.flatMap((entry, index) => {
    const text = insideQuotes(entry, quote)
    if (text === undefined || text === '' || nulls.includes(text)) return []
    return [
      {
        path: ['nulls', index],
        code: 'nulls_quoted_alone',
        message: `${entry} can mean "no value" only beside the same without quotes`,
        hint: `add ${JSON.stringify(text)}, or take it out`,
      },
    ]
  })
}

async function scan({
  config,
  connection,
  context,
}: {
  readonly config: CsvOptions
  readonly connection?: FilesConnection | undefined
  readonly context: SourceContext
}): Promise<Scan> {
  const found = await readableFiles({ context, place: placeOf(config, connection) })
  const previous = await previousFiles(context)
  const tables: Table[] = []
  const blank: string[] = []
  for (const packed of found.files) {
    const file = await unpacked(packed, context)
    const table = await openTable({ file, config, context, before: previous?.get(file.path) })
    if (table) tables.push(table)
    else blank.push(file.shown)
  }
  if (tables.length === 0) throw noRows(blank)
  const names = allNames(tables)
  const types = config.all_text ? {} : await typesOf({ tables, names, config, context })
  const paths = tables.map(({ path }) => path)
  const refused = refusedTables(JSON.stringify(config), ...paths)
  const whole =
    previous === undefined ||
    tables.some(({ known, tail, file }) => !known && !tail && previous.has(file.path))
  return {
    files: found.files.map(({ path }) => path),
    select: ({ provenance }) =>
      typed(
        sql.join(selects(tables.map(wholeFile), config, { refused, provenance }), '\nunion all by name\n'),
        names,
        types,
        provenance,
      ),
    refused: refusedLines(
      refused,
      tables.map(wholeFile).map(({ path, file, linesBefore }) => ({ path, shown: file.shown, linesBefore })),
    ),
    ...(whole ? {} : { appended: await appended({ tables, names, types, config, context }) }),
    followsGrowth: true,
    detected: detected(tables, types),
    warnings: [
      ...found.warnings,
      ...blank.map((shown) => fileEmpty(shown, 'has no line with text')),
      ...tables.flatMap(({ warnings }) => warnings),
      ...renamedColumns(tables),
    ],
  }
}

/** Names that the columns could not bear, and what they are called instead. */
function renamedColumns(tables: readonly Table[]): readonly Warning[] {
  const texts = new Set(
    tables.flatMap(({ names, sample, renamed }) =>
      names.flatMap((name, index) =>
        renamed.includes(name) && changesName(sample.written[index]!, name)
          ? [`${JSON.stringify(sample.written[index])} is called ${name}`]
          : [],
      ),
    ),
  )
  return texts.size === 0 ? [] : [columnsRenamed([...texts])]
}

function noRows(shown: readonly string[]): Error {
  const [first] = shown
  return sourceFailed({
    code: 'file_empty',
    message:
      shown.length === 1
        ? `${first} has no line with text`
        : `None of ${shown.length} files has a line with text`,
    hint: 'check the export that wrote it, or remove the file from the list; skip_lines may pass over all',
  })
}

/** Names of all files in order; case does not tell them apart. */
function allNames(tables: readonly Table[]): readonly string[] {
  const first = new Map<string, string>()
  for (const name of tables.flatMap(({ names }) => names)) {
    if (!first.has(name.toLowerCase())) first.set(name.toLowerCase(), name)
  }
  return [...first.values()]
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
