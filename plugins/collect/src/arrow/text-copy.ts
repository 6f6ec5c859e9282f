import { createHash } from 'node:crypto'
import { createWriteStream, existsSync } from 'node:fs'
import { mkdir, open, rename, stat } from 'node:fs/promises'
import { join } from 'node:path'
import { Readable } from 'node:stream'
import { pipeline } from 'node:stream/promises'
import { type SourceContext, sourceFailed } from '@sillage/sdk'
import { CompressionType, compressionRegistry, type RecordBatch, RecordBatchReader } from 'apache-arrow'
import { decompress as fromZstd } from 'fzstd'
import { decompress as fromLz4 } from 'lz4js'
import type { ReadableFile } from '../files/readable-files.ts'
import { type TextColumn, textColumn } from './cells.ts'

/** An Arrow file as text that DuckDB reads. */
export interface TextCopy {
  readonly path: string
  readonly columns: readonly TextColumn[]
}

compressionRegistry.set(CompressionType.LZ4_FRAME, { decode: fromLz4 })
compressionRegistry.set(CompressionType.ZSTD, { decode: fromZstd })

/** Copies the batches of an IPC file or stream to CSV in the scratch folder, once for each state of the file. Throws where it breaks. */
export async function textCopy(file: ReadableFile, { scratch, signal }: SourceContext): Promise<TextCopy> {
  const { size, mtimeMs } = await stat(file.path)
  const key = [file.path, size, mtimeMs].join('\n')
  const path = join(scratch, `${createHash('sha256').update(key).digest('hex').slice(0, 24)}.arrow.csv`)
  const handle = await open(file.path)
  try {
    const reader = await (await RecordBatchReader.from(handle)).open()
    const columns = reader.schema.fields.map(textColumn)
    if (columns.length === 0) throw new Error('no columns')
    if (!existsSync(path)) {
      await mkdir(scratch, { recursive: true })
      await pipeline(Readable.from(csvOf(reader, columns)), createWriteStream(`${path}.part`), { signal })
      await rename(`${path}.part`, path)
    }
    return { path, columns }
  } catch (cause) {
    if (signal.aborted) throw cause
    throw notArrow(file.shown, cause)
  } finally {
    await handle.close().catch(() => undefined)
  }
}

async function* csvOf(
  reader: AsyncIterable<RecordBatch>,
  columns: readonly TextColumn[],
): AsyncGenerator<string> {
  for await (const batch of reader) {
    const cells = columns.map(({ cells }, index) => cells(batch.getChildAt(index)!))
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

/** Null is an empty cell, an empty text is quoted. */
function quoted(text: string | undefined): string {
  if (text === undefined) return ''
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
