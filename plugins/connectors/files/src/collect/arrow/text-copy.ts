import { createHash } from 'node:crypto'
import { createWriteStream, existsSync } from 'node:fs'
import { type FileHandle, mkdir, open, rename, stat } from 'node:fs/promises'
import { join } from 'node:path'
import { Readable } from 'node:stream'
import { pipeline } from 'node:stream/promises'
import { type SourceContext, sourceFailed } from '@sillage/sdk'
import {
  CompressionType,
  compressionRegistry,
  type Data,
  DataType,
  type Field,
  type RecordBatch,
  RecordBatchReader,
} from 'apache-arrow'
import { decompress as fromZstd } from 'fzstd'
import type { ReadableFile } from '../files/readable-files.ts'
import { changesName, columnNames } from '../text/column-names.ts'
import { nullText, type TextColumn, textColumn } from './cells.ts'
import { refuseImpossibleCounts } from './damaged.ts'
import { fromLz4Frame } from './lz4-frame.ts'
import { assertReadable, notRead } from './schema.ts'

/** An Arrow file as text that DuckDB reads. */
export interface TextCopy {
  readonly path: string
  readonly columns: readonly TextColumn[]
  /** Columns that are called otherwise than the file calls them. */
  readonly renamed: readonly string[]
}

compressionRegistry.set(CompressionType.LZ4_FRAME, { decode: (bytes) => aligned(fromLz4Frame(bytes)) })
compressionRegistry.set(CompressionType.ZSTD, { decode: (bytes) => aligned(fromZstd(bytes)) })
refuseImpossibleCounts()

/** Numbers of eight bytes must begin at a multiple of eight. */
function aligned(bytes: Uint8Array): Uint8Array {
  return bytes.byteOffset % 8 === 0 ? bytes : Uint8Array.from(bytes)
}

/** Copies the batches of an IPC file or stream to CSV in the scratch folder, once for each state of the file. Throws where it breaks. */
export async function textCopy(file: ReadableFile, { scratch, signal }: SourceContext): Promise<TextCopy> {
  const { size, mtimeMs } = await stat(file.path)
  const key = [file.path, size, mtimeMs].join('\n')
  const path = join(scratch, `${createHash('sha256').update(key).digest('hex').slice(0, 24)}.arrow.csv`)
  const handle = await open(file.path)
  try {
    await assertReadable(handle, file.shown)
    const reader = await (await RecordBatchReader.from(goingOn(handle))).open()
    // A reader that came to its end has no schema any more.
    const { fields } = reader.schema
    const columns = columnsOf(fields, file.shown)
    if (columns.length === 0) throw new Error('no columns')
    if (!existsSync(path)) {
      await mkdir(scratch, { recursive: true })
      await pipeline(Readable.from(csvOf(reader, columns)), createWriteStream(`${path}.part`), { signal })
      await rename(`${path}.part`, path)
    }
    const renamed = fields.flatMap((field, index) => {
      const { name } = columns[index]!
      return changesName(nameOf(field), name) ? [`${JSON.stringify(nameOf(field))} is called ${name}`] : []
    })
    return { path, columns, renamed }
  } catch (cause) {
    if (signal.aborted || (cause as { readonly code?: unknown }).code === 'arrow_not_read') throw cause
    throw notArrow(file.shown, cause)
  } finally {
    await handle.close().catch(() => undefined)
  }
}

/** Of a column without a name the reader says null. */
function nameOf({ name }: Field): string {
  return (name as string | null) ?? ''
}

function columnsOf(fields: readonly Field[], shown: string): readonly TextColumn[] {
  const names = columnNames(fields.map(nameOf))
  return fields.map((field, index) => {
    const column = textColumn(field, names[index]!)
    if ('cells' in column) return column
    throw notRead(shown, `the column "${column.name}"`, `of the type ${column.type}`)
  })
}

const mostVisits = 16

/** A file whose reads go on or fail: in a damaged one Arrow would ask for what is beyond its end, or for the same place, for ever. */
function goingOn(handle: FileHandle): FileHandle {
  const visits = new Map<number, number>()
  const read = async (buffer: Uint8Array, offset: number, length: number, position: number) => {
    const visit = (visits.get(position) ?? 0) + 1
    visits.set(position, visit)
    const found =
      position < 0 || visit > mostVisits ? undefined : await handle.read(buffer, offset, length, position)
    if (length > 0 && !found?.bytesRead) throw new Error('no way on')
    return found
  }
  const { fd } = handle
  return { fd, read, stat: () => handle.stat(), close: () => handle.close() } as unknown as FileHandle
}

async function* csvOf(
  reader: AsyncIterable<RecordBatch>,
  columns: readonly TextColumn[],
): AsyncGenerator<string> {
  for await (const batch of reader) {
    assertWhole(batch)
    const cells = columns.map(({ cells }, index) => cells(batch.data.children[index]!))
    let text = ''
    for (let row = 0; row < batch.numRows; row += 1) {
      text += `${cells.map((cell) => quoted(cell(row))).join(',')}\n`
      if (text.length > 1e6) {
        yield text
        text = ''
      }
    }
    yield text
  }
}

/** A damaged file may say that it has billions of rows: a column must hold as many as its batch has. */
function assertWhole({ numRows, data }: RecordBatch): void {
  for (const child of data.children)
    if (child.length !== numRows || rowsHeld(child) < numRows)
      throw new Error('a column has fewer values than rows')
}

function rowsHeld({ type, offset, length, values, valueOffsets, stride, children }: Data): number {
  const offsets = (valueOffsets as ArrayLike<unknown> | undefined)?.length ?? 0
  if (offsets > 0) return offsets - 1 - offset
  const held = (values as ArrayLike<unknown> | undefined)?.length ?? 0
  if (held > 0) return Math.floor(DataType.isBool(type) ? held * 8 : held / stride) - offset
  return children.length > 0 || DataType.isNull(type) ? length : 0
}

/** Null is an empty cell, an empty text is quoted. */
function quoted(text: string | undefined): string {
  if (text === undefined || text === nullText) return ''
  return /^[\w.+-]+$/.test(text) ? text : `"${text.replaceAll('"', '""')}"`
}

function notArrow(shown: string, cause: unknown): Error {
  return sourceFailed({
    code: 'broken_arrow',
    message: `${shown} cannot be read as an Arrow file or stream`,
    hint: 'it may be cut short, or of another format (Feather 1, Parquet): write it again as an Arrow IPC file',
    cause,
  })
}
