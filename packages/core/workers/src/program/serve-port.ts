import type { MessagePort } from 'node:worker_threads'
import { isSillageError, messageOf } from '@sillage/base'
import { arrowSchema, duckdbType, fromMessage, toMessage } from '@sillage/sql/arrow'
import type { RecordBatch } from 'apache-arrow'
import type { Deadline } from '../deadline.ts'
import type { Answer, Ask, Asked, ProgramHost, SentBatch, SentError } from './port.ts'

interface ServeFacts extends ProgramHost {
  /** Stands still while something is done for the program. */
  readonly deadline: Deadline
}

/** Answers what a program asks for, until disposed of; what is under way then is waited for, and its streams are ended. */
export function servePort(port: MessagePort, facts: ServeFacts): AsyncDisposable {
  const host = new Host(facts)
  const underWay = new Set<Promise<void>>()
  const answer = async ({ id, ask }: Asked): Promise<void> => {
    facts.deadline.pause()
    const { answer, transfer } = await host.answer(id, ask)
    port.postMessage(answer, transfer)
  }
  port.on('message', (asked: Asked) => {
    const answered = answer(asked).finally(() => {
      underWay.delete(answered)
      if (underWay.size === 0) facts.deadline.restart()
    })
    underWay.add(answered)
  })
  return {
    [Symbol.asyncDispose]: async () => {
      port.close()
      await host.end()
      await Promise.allSettled(underWay)
      facts.deadline.pause()
    },
  }
}

interface Sent {
  readonly answer: Answer
  readonly transfer: readonly ArrayBuffer[]
}

class Host {
  readonly #facts: ServeFacts
  readonly #streams = new Map<number, AsyncIterator<RecordBatch>>()
  #opened = 0
  /** What writes, or must see what was written: one after the other, also where a program does not wait. */
  #turn: Promise<unknown> = Promise.resolve()

  constructor(facts: ServeFacts) {
    this.#facts = facts
  }

  async answer(id: number, ask: Ask): Promise<Sent> {
    try {
      const value = await (isOfStream(ask) ? this.#do(ask) : this.#inTurn(ask))
      if (!isBatch(value)) return { answer: { id, value }, transfer: [] }
      const { message, transfer } = toMessage(value)
      const columns = value.schema.fields.map((field) => ({ name: field.name, type: duckdbType(field) }))
      return { answer: { id, value: { columns, message } satisfies SentBatch }, transfer }
    } catch (error) {
      return { answer: { id, error: sentError(error) }, transfer: [] }
    }
  }

  async end(): Promise<void> {
    await Promise.allSettled([...this.#streams.values()].map(async (stream) => await stream.return?.()))
    this.#streams.clear()
  }

  #inTurn(ask: Ask): Promise<unknown> {
    const done = this.#turn.then(() => this.#do(ask))
    this.#turn = done.catch(() => undefined)
    return done
  }

  async #do(ask: Ask): Promise<unknown> {
    const { tables, note } = this.#facts
    switch (ask.ask) {
      case 'begin':
        return await tables.begin(ask.name)
      case 'commit':
        return await tables.commit(ask.value)
      case 'abandon':
        return await tables.abandon()
      case 'create':
        return await tables.create(ask.name, ask.from)
      case 'append':
        return await tables.append(ask.name, fromMessage(arrowSchema(ask.batch.columns), ask.batch.message))
      case 'drop':
        return await tables.drop(ask.name)
      case 'rows':
        return await tables.rows(ask.select)
      case 'open': {
        const batches = await tables.batches(ask.select, ask.batchRows)
        this.#opened += 1
        this.#streams.set(this.#opened, batches[Symbol.asyncIterator]())
        return this.#opened
      }
      case 'next': {
        const next = await this.#streams.get(ask.stream)?.next()
        if (next?.done === false) return next.value
        this.#streams.delete(ask.stream)
        return undefined
      }
      case 'close': {
        await this.#streams.get(ask.stream)?.return?.()
        this.#streams.delete(ask.stream)
        return undefined
      }
      case 'note':
        return note(ask.text)
    }
  }
}

function isOfStream({ ask }: Ask): boolean {
  return ask === 'next' || ask === 'close' || ask === 'note'
}

function isBatch(value: unknown): value is RecordBatch {
  return typeof value === 'object' && value !== null && 'schema' in value && 'numRows' in value
}

function sentError(error: unknown): SentError {
  if (!isSillageError(error)) return { code: undefined, message: messageOf(error), hint: undefined }
  const { code, message, hint } = error
  return { code, message, hint }
}
