import type { MessagePort } from 'node:worker_threads'
import { ownCode, SillageError } from '@sillage/base'
import { type Appended, type Column, type ProgramTables, sql } from '@sillage/sdk'
import type { JsonRow } from '@sillage/sql'
import { arrowSchema, columnData, duckdbType, fromMessage, toMessage } from '@sillage/sql/arrow'
import { Float64, Int32, Int64, type RecordBatch, Vector } from 'apache-arrow'
import { batchMaker } from '../batch-maker.ts'
import type { Answer, Ask, SentBatch } from './port.ts'

/** Rows of a batch that is sent at once. */
const sentRows = 65_536

/** What a program is handed in the thread in which it runs: each call is asked for through the port. */
export interface AskedHost extends AsyncDisposable {
  readonly tables: ProgramTables
  readonly note: (text: string) => void
}

/** Disposed of once all that was noted has arrived. */
export function askedHost(port: MessagePort, schema: string): AskedHost {
  const asking = new Asking(port)
  const noted: Promise<unknown>[] = []
  return {
    tables: askedTables(asking, schema),
    note: (text) => void noted.push(asking.ask({ ask: 'note', text })),
    [Symbol.asyncDispose]: async () => {
      await Promise.allSettled(noted)
      port.close()
    },
  }
}

function askedTables(asking: Asking, schema: string): ProgramTables {
  return {
    of: (name) => sql.id(schema, name),
    step: async <T>(name: string, work: () => Promise<T>): Promise<T> => {
      const done = (await asking.ask({ ask: 'begin', name })) as { readonly value: string } | undefined
      if (done !== undefined) return parsed<T>(done.value)
      try {
        const value = JSON.stringify((await work()) ?? null)
        await asking.ask({ ask: 'commit', value })
        return parsed<T>(value)
      } catch (error) {
        await asking.ask({ ask: 'abandon' })
        throw error
      }
    },
    create: async (name, from) =>
      (await asking.ask({ ask: 'create', name, from: 'text' in from ? from.text : from })) as number,
    append: async (name, columns) => {
      for (const batch of pieces(columns)) {
        const { message, transfer } = toMessage(batch, () => false)
        await asking.ask({ ask: 'append', name, batch: { columns: columnsOf(batch), message } }, transfer)
      }
    },
    drop: async (name) => void (await asking.ask({ ask: 'drop', name })),
    rows: async ({ text }) => (await asking.ask({ ask: 'rows', select: text })) as readonly JsonRow[],
    batches: ({ text }, { batchRows } = {}) => streamed(asking, { select: text, batchRows }),
  }
}

class Asking {
  readonly #port: MessagePort
  readonly #waiting = new Map<number, { resolve: (value: unknown) => void; reject: (error: Error) => void }>()
  #asked = 0

  constructor(port: MessagePort) {
    this.#port = port
    port.on('message', (answer: Answer) => {
      const waiting = this.#waiting.get(answer.id)
      this.#waiting.delete(answer.id)
      if ('error' in answer) waiting?.reject(received(answer.error))
      else waiting?.resolve(answer.value)
    })
  }

  ask(ask: Ask, transfer: readonly ArrayBuffer[] = []): Promise<unknown> {
    this.#asked += 1
    const id = this.#asked
    return new Promise((resolve, reject) => {
      this.#waiting.set(id, { resolve, reject })
      this.#port.postMessage({ id, ask }, transfer)
    })
  }
}

async function* streamed(
  asking: Asking,
  { select, batchRows }: { readonly select: string; readonly batchRows: number | undefined },
): AsyncGenerator<RecordBatch, void, undefined> {
  const stream = (await asking.ask({ ask: 'open', select, batchRows })) as number
  const ask = (): Promise<unknown> => {
    const next = asking.ask({ ask: 'next', stream })
    // It may fail while the program works on the batch before: it is awaited later.
    next.catch(() => {})
    return next
  }
  let next = ask()
  let isWhole = false
  try {
    for (;;) {
      const sent = (await next) as SentBatch | undefined
      isWhole = sent === undefined
      if (sent === undefined) return
      next = ask()
      yield fromMessage(arrowSchema(sent.columns), sent.message)
    }
  } finally {
    if (!isWhole) {
      await next.catch(() => {})
      await asking.ask({ ask: 'close', stream })
    }
  }
}

function* pieces(columns: Appended): Generator<RecordBatch> {
  const whole = isBatch(columns) ? columns : toBatch(columns)
  for (let from = 0; from < whole.numRows; from += sentRows) yield whole.slice(from, from + sentRows)
}

/** One of Arrow's, also of the copy that a plugin brought along. */
function isBatch(columns: Appended): columns is RecordBatch {
  return typeof columns.numRows === 'number'
}

function toBatch(columns: Exclude<Appended, RecordBatch>): RecordBatch {
  const vectors = Object.entries(columns).map(([name, values]) => [name, toVector(values)] as const)
  return batchMaker(new Set()).batch(Object.fromEntries(vectors))
}

function toVector(values: Vector | Int32Array | BigInt64Array | Float64Array): Vector {
  if (values instanceof Int32Array)
    return new Vector([columnData({ type: new Int32(), rows: values.length, values })])
  if (values instanceof BigInt64Array)
    return new Vector([columnData({ type: new Int64(), rows: values.length, values })])
  if (values instanceof Float64Array)
    return new Vector([columnData({ type: new Float64(), rows: values.length, values })])
  return values
}

function columnsOf({ schema }: RecordBatch): readonly Column[] {
  return schema.fields.map((field) => ({ name: field.name, type: duckdbType(field) }))
}

function parsed<T>(value: string): T {
  return (JSON.parse(value) ?? undefined) as T
}

function received({
  code,
  message,
  hint,
}: {
  readonly code: string | undefined
  readonly message: string
  readonly hint: string | undefined
}): Error {
  return code === undefined ? new Error(message) : new SillageError({ code: ownCode(code), message, hint })
}
