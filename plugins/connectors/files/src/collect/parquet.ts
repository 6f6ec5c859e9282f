import { open } from 'node:fs/promises'
import {
  defineSource,
  type FilesConnection,
  type SourceContext,
  type Sql,
  type Static,
  sourceFailed,
  sql,
  t,
} from '@sillage/sdk'
import { checkFileOptions, fileOptions, placeOf } from './files/file-options.ts'
import { literalPath } from './files/literal-path.ts'
import { previousFiles, type ReadableFile, readableFiles } from './files/readable-files.ts'

/** Two rows: `order` bigint, `amount` decimal(10,2). */
const exampleFile = Buffer.from(
  'UEFSMRUAFSwVLCwVBBUAFQYVBgAAAgAAAAQBAQAAAAAAAAACAAAAAAAAABUAFSwVLCwVBBUAFQYVBgAAAgAAAAQB4gQAAAAA' +
    'AAC8AgAAAAAAABUCGTw1ABgNZHVja2RiX3NjaGVtYRUEABUEJQIYBW9yZGVyJSQAFQQlAhgGYW1vdW50JQoVBBUULFwVBBUU' +
    'AAAAFgQZHBksJgAcFQQZFQAZGAVvcmRlchUAFgQWThZOJgg8GAgCAAAAAAAAABgIAQAAAAAAAAAWACgIAgAAAAAAAAAYCAEA' +
    'AAAAAAAAEREAAAAmABwVBBkVABkYBmFtb3VudBUAFgQWThZOJlY8GAjiBAAAAAAAABgIvAIAAAAAAAAWACgI4gQAAAAAAAAY' +
    'CLwCAAAAAAAAEREAAAAWnAEWBCYIFpwBACgoRHVja0RCIHZlcnNpb24gdjEuNS42IChidWlsZCAwNjljYzlmOWI1KRksHAAA' +
    'HAAAABoBAABQQVIx',
  'base64',
)

const options = t.object({
  ...fileOptions,
})

export default defineSource<Static<typeof options>, FilesConnection>({
  name: 'collect/parquet',
  summary: 'Reads Parquet files as they are typed.',
  description:
    'Several files are united by the names of their columns; a column that a file lacks is null there, and one that begins with `_` loses it (`_id` beside `id` is `id_1`; the run says so). A column of VARIANT becomes text: of a text the text itself, of all else JSON in which numbers keep their digits; null is null. A refused row is named by its file and its row, from 1.',
  config: options,
  connection: ['files'],
  check: checkFileOptions,
  examples: [
    {
      title: 'One file',
      with: { path: 'orders.parquet' },
      files: { 'orders.parquet': exampleFile },
      rows: [
        { order: 1, amount: '12.50' },
        { order: 2, amount: '7.00' },
      ],
    },
  ],
  scan: async ({ config, connection, context }) => {
    const { files, warnings } = await readableFiles({ context, place: placeOf(config, connection) })
    for (const file of files) await assertWhole(file)
    const variants = await variantsOf(files, context)
    const previous = await previousFiles(context)
    const added = files.filter(({ path }) => !previous?.has(path))
    const grew = files.some(
      ({ path, bytes }) => previous?.get(path) !== undefined && previous.get(path) !== bytes,
    )
    return {
      files: files.map(({ path }) => path),
      warnings,
      each: files.map((file) => ({ shown: file.shown, select: read([file], [], false) })),
      select: ({ provenance }) => read(files, variants, provenance),
      ...(previous && added.length > 0 && !grew
        ? {
            appended: {
              select: ({ provenance }: { readonly provenance: boolean }) => read(added, variants, provenance),
            },
          }
        : {}),
    }
  },
})

function read(files: readonly ReadableFile[], variants: readonly string[], provenance: boolean): Sql {
  const paths = sql.list(files.map(({ path }) => literalPath(path)))
  const shown = sql.join(files.map((file) => sql`${file.path}: ${file.shown}`))
  const texts = variants.map((name) => sql`${variantText(sql.id(name))} as ${sql.id(name)}`)
  const replaced = texts.length === 0 ? sql.empty : sql` replace (${sql.join(texts)})`
  return provenance
    ? sql`
        select * exclude (_file, file_row_number)${replaced}, map {${shown}}[_file] as _file, file_row_number + 1 as _line
        from read_parquet(${paths}, union_by_name = true, filename = '_file', file_row_number = true)
      `
    : sql`select *${replaced} from read_parquet(${paths}, union_by_name = true)`
}

/** The columns of VARIANT. Throws where one stands within a list or a struct. */
async function variantsOf(
  files: readonly ReadableFile[],
  context: SourceContext,
): Promise<readonly string[]> {
  const columns = await context.query(sql`describe ${read(files, [], false)}`).catch(() => {
    // What cannot be described is told where the whole scan is.
    context.signal.throwIfAborted()
    return []
  })
  const found = columns.filter(({ column_type }) => /\bVARIANT\b/.test(String(column_type)))
  const within = found.find(({ column_type }) => column_type !== 'VARIANT')
  if (within) throw variantWithin(String(within.column_name))
  return found.map(({ column_name }) => String(column_name))
}

function variantText(column: Sql): Sql {
  return sql`case variant_typeof(${column}) when 'VARCHAR' then cast(${column} as varchar) when 'VARIANT_NULL' then null else cast(cast(${column} as json) as varchar) end`
}

function variantWithin(name: string): Error {
  return sourceFailed({
    code: 'parquet_not_read',
    message: `The column "${name}" has a VARIANT within, which is not read`,
    hint: 'write it as a column of its own, or as text',
  })
}

/** A Parquet file begins and ends with its mark; its last bytes say how long the footer before them is. */
async function assertWhole({ path, shown, bytes }: ReadableFile): Promise<void> {
  const file = await open(path)
  try {
    const { buffer: head } = await file.read(Buffer.alloc(4), 0, 4, 0)
    if (!isMark(head.toString('latin1'))) throw notParquet(shown)
    const { buffer: tail } = await file.read(Buffer.alloc(8), 0, 8, Math.max(0, bytes - 8))
    if (!isMark(tail.toString('latin1', 4)) || tail.readUInt32LE(0) > bytes - 12) throw cutShort(shown, bytes)
  } finally {
    await file.close()
  }
}

function isMark(text: string): boolean {
  return text === 'PAR1' || text === 'PARE'
}

function notParquet(shown: string): Error {
  return sourceFailed({
    code: 'not_parquet',
    message: `${shown} is not a Parquet file`,
    hint: 'read it with collect/csv, collect/json or collect/arrow if it is one of these',
  })
}

function cutShort(shown: string, bytes: number): Error {
  return sourceFailed({
    code: 'parquet_cut_short',
    message: `${shown} is cut short: its ${bytes} bytes do not end in a Parquet footer`,
    hint: 'the copy or the export did not finish: write the file again',
  })
}
