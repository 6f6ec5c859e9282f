import { open, stat } from 'node:fs/promises'
import { SillageError } from '@sillage/base'
import { type Line, readLines } from './read-lines.ts'
import { formFolder, segmentsIn } from './segments.ts'

/** Behind the last record that was read. */
export interface Cursor {
  readonly form: string
  readonly segment: number
  /** Byte of the segment. */
  readonly at: number
}

/** Records as lines of JSON, and where to go on behind them. */
export interface ReadRecords {
  readonly records: readonly string[]
  /** JSON text of a `Cursor`. */
  readonly cursor: string
}

const mostRecords = 65_536
const mostBytes = 16 * 2 ** 20

/**
 * Reads the records of a form behind a cursor, up to what is there when it begins, also while a server goes on writing. Nothing is read that a
 * loss of power could take back, or that belongs to a request that was not written whole: a cursor stays right for ever. Throws
 * `inbox_damaged` where a line is none, a segment is shorter than what was read of it, or the newest that was read is gone and older ones are not.
 */
export async function* readRecords({
  inbox,
  form,
  since,
}: {
  readonly inbox: string
  readonly form: string
  readonly since: string | undefined
}): AsyncGenerator<ReadRecords> {
  const known = since === undefined ? undefined : parseCursor(since)
  const after = known?.form === form ? known : { segment: 0, at: 0 }
  let gathered: Line[] = []
  let bytes = 0
  const segments = segmentsIn(formFolder(inbox, form))
  if (segments.length > 0 && segments.at(-1)!.number < after.segment) throw takenAway(form)
  for (const { number, path } of segments) {
    if (number < after.segment) continue
    const from = number === after.segment ? after.at : 0
    const { size: to } = await stat(path)
    if (to < from) throw shortened(path, to, from)
    let end = from
    for await (const part of readLines(path, { from, to })) {
      end = part.end
      gathered.push(...part.lines)
      bytes += part.lines.reduce((sum, line) => sum + line.bytes.length, 0)
      if (gathered.length < mostRecords && bytes < mostBytes) continue
      await flush(path)
      yield* batches(gathered, { form, segment: number, at: end })
      gathered = []
      bytes = 0
    }
    if (gathered.length > 0) {
      await flush(path)
      yield* batches(gathered, { form, segment: number, at: end })
    }
    gathered = []
    bytes = 0
  }
}

/** At most so many records at once; the cursor of all but the last part stands behind its last line. */
function* batches(lines: readonly Line[], cursor: Cursor): Generator<ReadRecords> {
  for (let first = 0; first < lines.length; first += mostRecords) {
    const part = lines.slice(first, first + mostRecords)
    const at = first + mostRecords >= lines.length ? cursor.at : part.at(-1)!.end
    yield {
      records: part.map((line) => line.bytes.toString('utf8')),
      cursor: JSON.stringify({ ...cursor, at } satisfies Cursor),
    }
  }
}

/** Makes sure that the disk knows what was read: a cursor never stands behind what a loss of power can take back. */
async function flush(path: string): Promise<void> {
  await using handle = await open(path, 'r')
  await handle.datasync()
}

/** A cursor of these segments; undefined for a text that is none. */
export function parseCursor(text: string): Cursor | undefined {
  try {
    const { form, segment, at } = JSON.parse(text) as Partial<Cursor>
    const isCursor = typeof form === 'string' && Number.isSafeInteger(segment) && Number.isSafeInteger(at)
    return isCursor ? { form, segment: segment!, at: at! } : undefined
  } catch {
    return undefined
  }
}

function shortened(path: string, size: number, read: number): SillageError {
  return new SillageError({
    code: 'inbox_damaged',
    message: `${path} has ${size} bytes, and ${read} were read of it: it was cut or is an older copy`,
    hint: 'restore it from your backup of state/; sillage run --full-refresh reads what is there anew',
    facts: { file: path },
  })
}

function takenAway(form: string): SillageError {
  return new SillageError({
    code: 'inbox_damaged',
    message: `The newest records of the form ${form} that were read are gone, and older ones are there: they are an older copy`,
    hint: 'restore state/inbox from your newest backup; sillage run --full-refresh reads what is there anew',
    facts: { form },
  })
}
