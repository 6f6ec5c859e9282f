import { open } from 'node:fs/promises'
import { defineSource, type Sql, sourceFailed, sql, t } from '@sillage/sdk'
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

export default defineSource({
  name: 'collect/parquet',
  summary: 'Reads Parquet files as they are typed.',
  description:
    'Several files are united by the names of their columns; a column that a file lacks is null there. A refused row is named by its file and its row, from 1.',
  config: t.object({
    ...fileOptions,
  }),
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
  scan: async ({ config, context }) => {
    const { files, warnings } = await readableFiles({ context, place: placeOf(config) })
    for (const file of files) await assertWhole(file)
    const previous = await previousFiles(context)
    const added = files.filter(({ path }) => !previous?.has(path))
    const grew = files.some(
      ({ path, bytes }) => previous?.get(path) !== undefined && previous.get(path) !== bytes,
    )
    return {
      files: files.map(({ path }) => path),
      warnings,
      select: ({ provenance }) => read(files, provenance),
      ...(previous && added.length > 0 && !grew
        ? {
            appended: {
              select: ({ provenance }: { readonly provenance: boolean }) => read(added, provenance),
            },
          }
        : {}),
    }
  },
})

function read(files: readonly ReadableFile[], provenance: boolean): Sql {
  const paths = sql.list(files.map(({ path }) => literalPath(path)))
  const shown = sql.join(files.map((file) => sql`${file.path}: ${file.shown}`))
  return provenance
    ? sql`
        select * exclude (_file, file_row_number), map {${shown}}[_file] as _file, file_row_number + 1 as _line
        from read_parquet(${paths}, union_by_name = true, filename = '_file', file_row_number = true)
      `
    : sql`select * from read_parquet(${paths}, union_by_name = true)`
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
