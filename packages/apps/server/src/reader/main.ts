/** The reader: a process that answers questions on published marts. It ends when the server goes. */
import { isSillageError, SillageError } from '@sillage/base'
import type { Session } from '@sillage/duckdb'
import { formatted } from './formats.ts'
import { OpenMarts } from './open-marts.ts'
import type { Answer, Question, ReaderFailure } from './protocol.ts'

interface Cursor {
  readonly session: Session
  readonly parts: AsyncGenerator<Uint8Array>
  readonly leave: () => Promise<void>
}

const marts = new OpenMarts(process.argv[2]!)
const cursors = new Map<number, Cursor>()
const asking = new Map<number, Session>()

process.on('message', (question: Question) => void answer(question))
process.on('disconnect', () => process.exit(0))
process.on('SIGINT', () => {})

async function answer(question: Question): Promise<void> {
  const { id } = question
  try {
    switch (question.kind) {
      case 'rows': {
        await using opened = await marts.session(question.mart)
        asking.set(id, opened.session)
        return tell({ kind: 'rows', id, rows: await opened.session.rows(question.statement) })
      }
      case 'open': {
        const opened = await marts.session(question.mart)
        const { session } = opened
        const parts = formatted(session, question.statement, question.format)
        cursors.set(id, { session, parts, leave: async () => await opened[Symbol.asyncDispose]() })
        return tell({ kind: 'opened', id })
      }
      case 'next': {
        const cursor = cursors.get(id)
        if (!cursor) throw cursorLost()
        const part = await cursor.parts.next()
        if (!part.done) return tell({ kind: 'part', id, bytes: part.value })
        await forget(id)
        return tell({ kind: 'end', id })
      }
      case 'close':
        asking.get(id)?.interrupt()
        cursors.get(id)?.session.interrupt()
        return await forget(id)
      default:
        question satisfies never
    }
  } catch (error) {
    await forget(id)
    tell({ kind: 'failed', id, error: failureOf(error) })
  } finally {
    asking.delete(id)
  }
}

async function forget(id: number): Promise<void> {
  const cursor = cursors.get(id)
  if (!cursor) return
  cursors.delete(id)
  await cursor.parts.return(undefined).catch(() => undefined)
  await cursor.leave()
  // What a result holds in DuckDB goes with its object in JavaScript only, of whose size the collector knows nothing.
  setImmediate(() => global.gc?.())
}

/** A reader that was started anew does not know what the one before was at: half a table must not look whole. */
function cursorLost(): SillageError {
  return new SillageError({
    code: 'reader_died',
    message: 'The reader of marts ended while reading',
    hint: 'try again',
    retryable: true,
  })
}

function tell(answer: Answer): void {
  process.send?.(answer)
}

/** What failed, without values: a message of DuckDB may quote some. */
function failureOf(error: unknown): ReaderFailure {
  if (isSillageError(error) && error.code !== 'statement_failed')
    return {
      code: error.code,
      message: error.message,
      ...(error.hint === undefined ? {} : { hint: error.hint }),
    }
  const text = error instanceof Error ? error.message : ''
  if (/^Conversion Error|^Binder Error|^Invalid Input Error/i.test(text))
    return {
      code: 'filter_invalid',
      message: 'A value of the filter does not fit the type of its column',
      hint: 'GET /api/v1/pipelines/{name}/marts lists the types',
    }
  if (/^Out of Memory Error/i.test(text))
    return {
      code: 'reader_busy',
      message: 'Too much is sorted at once',
      hint: 'ask for fewer rows, without order, or later',
    }
  return { code: 'reader_failed', message: 'The mart could not be read', hint: 'try again' }
}
