import { open } from 'node:fs/promises'
import { sourceFailed } from '@sillage/sdk'
import type { ReadableFile } from '../files/readable-files.ts'

/** How files begin that people take for text, what they are, and what to do. */
const kinds = [
  {
    starts: 'PK\u0003\u0004',
    is: 'a ZIP archive, as .xlsx and .ods files are',
    hint: 'save the sheet as CSV; an archive of one CSV file is read by its ending .zip',
  },
  { starts: '\u00d0\u00cf\u0011\u00e0', is: 'an old Excel file (.xls)', hint: 'save the sheet as CSV' },
  { starts: '\u001f\u008b', is: 'compressed by gzip', hint: 'give it the ending .gz, and it is unpacked' },
  {
    starts: '\u0028\u00b5\u002f\u00fd',
    is: 'compressed by Zstandard',
    hint: 'give it the ending .zst, and it is unpacked',
  },
  { starts: 'PAR1', is: 'a Parquet file', hint: 'read it with collect/parquet' },
  { starts: 'ARROW1', is: 'an Arrow file', hint: 'read it with collect/arrow' },
  { starts: '%PDF-', is: 'a PDF document', hint: 'ask for the data as CSV' },
  { starts: 'SQLite format 3\0', is: 'an SQLite database', hint: 'export its tables as CSV' },
] as const

/** Throws `file_not_text` where a file begins as one of another kind does. */
export async function assertText({ text, shown }: ReadableFile): Promise<void> {
  const file = await open(text)
  const head = await file.read(Buffer.alloc(16), 0, 16, 0).finally(() => file.close())
  const start = head.buffer.toString('latin1')
  const kind = kinds.find(({ starts }) => start.startsWith(starts))
  if (!kind) return
  throw sourceFailed({
    code: 'file_not_text',
    message: `${shown} is no text: it is ${kind.is}`,
    hint: kind.hint,
  })
}
