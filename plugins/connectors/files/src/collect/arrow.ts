import { defineSource, type FilesConnection, type Sql, type Static, sql, t, type Warning } from '@sillage/sdk'
import { Table as ArrowTable, Dictionary, Int32, tableToIPC, Utf8, vectorFromArray } from 'apache-arrow'
import { type TextCopy, textCopy } from './arrow/text-copy.ts'
import { checkFileOptions, fileOptions, placeOf } from './files/file-options.ts'
import { literalPath } from './files/literal-path.ts'
import { previousFiles, type ReadableFile, readableFiles } from './files/readable-files.ts'
import { columnsRenamed } from './text/column-names.ts'

interface Table extends TextCopy {
  readonly file: ReadableFile
}

const exampleFile = tableToIPC(
  new ArrowTable({
    id: vectorFromArray([1, 2], new Int32()),
    city: vectorFromArray(['Lyon', null], new Dictionary(new Utf8(), new Int32())),
  }),
  'file',
)

const options = t.object({
  ...fileOptions,
})

export default defineSource<Static<typeof options>, FilesConnection>({
  name: 'collect/arrow',
  summary: 'Reads Arrow IPC files and streams with the types that they declare.',
  description: `
DuckDB reads no Arrow files by itself, so each is first copied as text to the scratch folder and read back with its types: integers,
floats, decimals of up to 38 digits, dates, times, durations and bytes come back exactly, texts also where they are views (as Polars writes
them), a dictionary as its values; lists, structs and maps become JSON text in which numbers keep their digits. A column of another kind
(a union, a list view, run-end encoded, a longer decimal, nanoseconds of a duration) is refused by its name, and so is a big-endian file.
Buffers may be compressed by LZ4 or Zstandard. Several files are united by the names of their columns; a row with more than 2 MB of text
cannot be read.
`,
  config: options,
  connection: ['files'],
  check: checkFileOptions,
  examples: [
    {
      title: 'One file, with a dictionary of texts',
      with: { path: 'cities.arrow' },
      files: { 'cities.arrow': exampleFile },
      rows: [
        { id: 1, city: 'Lyon' },
        { id: 2, city: null },
      ],
    },
  ],
  scan: async ({ config, connection, context }) => {
    const { files, warnings } = await readableFiles({ context, place: placeOf(config, connection) })
    const tables: Table[] = []
    for (const file of files) tables.push({ file, ...(await textCopy(file, context)) })
    const previous = await previousFiles(context)
    const added = tables.filter(({ file }) => !previous?.has(file.path))
    const grew = files.some(({ path, bytes }) => (previous?.get(path) ?? bytes) !== bytes)
    return {
      files: files.map(({ path }) => path),
      warnings: [...warnings, ...renamedColumns(tables)],
      select: ({ provenance }) => union(tables, provenance),
      ...(previous && added.length > 0 && !grew
        ? {
            appended: {
              select: ({ provenance }: { readonly provenance: boolean }) => union(added, provenance),
            },
          }
        : {}),
    }
  },
})

function renamedColumns(tables: readonly Table[]): readonly Warning[] {
  const texts = [...new Set(tables.flatMap(({ renamed }) => renamed))]
  return texts.length === 0 ? [] : [columnsRenamed(texts)]
}

function union(tables: readonly Table[], provenance: boolean): Sql {
  return sql.join(
    tables.map((table) => select(table, provenance)),
    '\nunion all by name\n',
  )
}

function select({ file, path, columns }: Table, provenance: boolean): Sql {
  const values = columns.map(({ name, value }) => sql`${value} as ${sql.id(name)}`)
  const place = provenance ? [sql`${file.shown} as _file`, sql`row_number() over () as _line`] : []
  const types = columns.map(({ name }) => sql`${name}: 'VARCHAR'`)
  return sql`
    select
      ${sql.lines([...values, ...place])}
    from read_csv(${literalPath(path)}, auto_detect = false, columns = {${sql.join(types)}}, header = false, delim = ',', quote = '"', escape = '"', allow_quoted_nulls = false)
  `
}
