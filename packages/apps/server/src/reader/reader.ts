import { type ChildProcess, fork } from 'node:child_process'
import { Readable } from 'node:stream'
import { fileURLToPath } from 'node:url'
import { exitCode, SillageError } from '@sillage/base'
import { readerBusy, stopping } from '../failures.ts'
import type { Answer, Format, Question } from './protocol.ts'

type Row = Readonly<Record<string, unknown>>

interface Waiting {
  readonly resolve: (answer: Answer) => void
  readonly reject: (error: Error) => void
  readonly timer: NodeJS.Timeout
}

type Bare<Q> = Q extends { readonly id: number } ? Omit<Q, 'id'> : never

const mostCursors = 32
const defaultTimeoutMs = 30_000
/** How long a table may stay open that nobody takes rows of. */
const idleMs = 60_000
/** How long a reader that does not even stop may take, before it is ended. */
const stuckMs = 5_000

/** The one process that reads marts: started when it is first asked, and again after it died. */
export class Reader {
  readonly #temp: string
  readonly #say: (text: string) => void
  readonly #timeoutMs: number
  readonly #waiting = new Map<number, Waiting>()
  #child: ChildProcess | undefined
  #last = 0
  #cursors = 0
  #closed = false
  restarts = 0

  constructor({
    temp,
    say,
    timeoutMs = defaultTimeoutMs,
  }: {
    readonly temp: string
    readonly say: (text: string) => void
    readonly timeoutMs?: number
  }) {
    this.#temp = temp
    this.#say = say
    this.#timeoutMs = timeoutMs
  }

  get pid(): number | undefined {
    return this.#child?.pid
  }

  /** All rows of a small result. */
  async rows<R extends Row>(mart: string, statement: string): Promise<readonly R[]> {
    const answer = await this.#ask(this.#newId(), { kind: 'rows', mart, statement })
    return answer.kind === 'rows' ? (answer.rows as readonly R[]) : []
  }

  /** A select as a stream; its first part is there already, so that what fails at once is thrown. Throws `reader_busy`. */
  async stream({
    mart,
    statement,
    format,
  }: {
    readonly mart: string
    readonly statement: string
    readonly format: Format
  }): Promise<Readable> {
    if (this.#cursors >= mostCursors) throw readerBusy()
    this.#cursors += 1
    const id = this.#newId()
    let first: Answer
    try {
      await this.#ask(id, { kind: 'open', mart, statement, format })
      first = await this.#ask(id, { kind: 'next' })
    } catch (error) {
      this.#cursors -= 1
      throw error
    }
    let held: Answer[] = [first]
    const more = async (): Promise<void> => {
      const [before] = held
      held = []
      const answer = before ?? (await this.#ask(id, { kind: 'next' }))
      if (answer.kind === 'part') stream.push(answer.bytes)
      else stream.push(null)
    }
    const idle = setTimeout(() => stream.destroy(queryTimeout()), idleMs).unref()
    const stream = new Readable({
      highWaterMark: 256 * 1024,
      read: () => {
        idle.refresh()
        void more().catch((error: Error) => stream.destroy(error))
      },
      destroy: (error, done) => {
        clearTimeout(idle)
        this.#cursors -= 1
        this.#send({ kind: 'close', id })
        done(error)
      },
    })
    return stream
  }

  async close(): Promise<void> {
    this.#closed = true
    const child = this.#child
    if (!child) return
    const gone = new Promise((done) => child.once('exit', done))
    child.disconnect()
    const timer = setTimeout(() => child.kill('SIGKILL'), stuckMs)
    await gone
    clearTimeout(timer)
  }

  #newId(): number {
    this.#last += 1
    return this.#last
  }

  #ask(id: number, question: Bare<Question>): Promise<Answer> {
    if (this.#closed) return Promise.reject(stopping())
    return new Promise((resolve, reject) => {
      const timer = setTimeout(() => this.#timeOut(id), this.#timeoutMs)
      this.#waiting.set(id, { resolve, reject, timer })
      this.#send({ ...question, id } as Question)
    })
  }

  #send(question: Question): void {
    if (question.kind === 'close' && !this.#child) return
    this.#child ??= this.#start()
    this.#child.send(question, () => {})
  }

  #start(): ChildProcess {
    const child = fork(fileURLToPath(import.meta.resolve('@sillage/server/reader')), [this.#temp], {
      execArgv: ['--expose-gc'],
      serialization: 'advanced',
      stdio: ['ignore', 'ignore', 'ignore', 'ipc'],
      env: { PATH: process.env.PATH ?? '' },
    })
    child.on('message', (answer: Answer) => this.#take(answer))
    child.on('error', () => {})
    child.once('exit', (code, signal) => {
      if (this.#child === child) this.#child = undefined
      if (this.#closed) return
      this.restarts += 1
      this.#say(
        `the reader of marts ended ${signal === null ? `with code ${code}` : `by ${signal}`}; it starts again when asked`,
      )
      for (const id of [...this.#waiting.keys()]) this.#settle(id)?.reject(readerDied())
    })
    return child
  }

  #take(answer: Answer): void {
    const waiting = this.#settle(answer.id)
    if (answer.kind === 'failed')
      waiting?.reject(new SillageError({ exit: exitCode.failed, ...answer.error }))
    else waiting?.resolve(answer)
  }

  #settle(id: number): Waiting | undefined {
    const waiting = this.#waiting.get(id)
    this.#waiting.delete(id)
    clearTimeout(waiting?.timer)
    return waiting
  }

  /** Interrupts a question; a reader that does not take the interrupt is ended. */
  #timeOut(id: number): void {
    const waiting = this.#waiting.get(id)
    if (!waiting) return
    const child = this.#child
    const stuck = setTimeout(() => child?.kill('SIGKILL'), stuckMs)
    const late = (): void => {
      clearTimeout(stuck)
      waiting.reject(queryTimeout())
    }
    this.#waiting.set(id, { resolve: late, reject: late, timer: stuck })
    this.#send({ kind: 'close', id })
  }
}

function readerDied(): SillageError {
  return new SillageError({
    code: 'reader_died',
    message: 'The reader of marts ended while reading',
    hint: 'try again: it is restarted',
    retryable: true,
  })
}

function queryTimeout(): SillageError {
  return new SillageError({
    code: 'query_timeout',
    message: 'Reading the mart took too long',
    hint: 'ask for fewer rows, or sort by less',
    retryable: true,
  })
}
