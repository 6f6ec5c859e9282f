import { Readable } from 'node:stream'
import { streamsFull } from '../failures.ts'
import { JournalTail } from './journal-tail.ts'

/** A run that someone follows. */
export interface Followed {
  readonly key: string
  /** Its journal; undefined while the run has none yet. */
  readonly journal: () => string | undefined
  /** What to tell at the end; undefined while it goes on. */
  readonly end: () => unknown
  /** Leaves out of a line what no answer tells. */
  readonly clean: (line: unknown) => unknown
}

interface Follower {
  readonly stream: Readable
  after: number
}

interface Tail {
  readonly followed: Followed
  readonly followers: Set<Follower>
  journal: JournalTail | undefined
}

const mostStreams = 1000
const pollMs = 150
const heartbeatMs = 15_000
/** A reader that takes nothing while this much waits is let go: it may resume. */
const mostWaiting = 4 * 2 ** 20

/** Streams of server-sent events over journals; all who follow one run share one reading of its journal. */
export class EventStreams {
  readonly #tails = new Map<string, Tail>()
  #timer: NodeJS.Timeout | undefined
  #count = 0
  #beat = performance.now()

  get open(): number {
    return this.#count
  }

  /** Follows a run from the line after `after` to its end. Throws `streams_full`. */
  follow(followed: Followed, after: number): Readable {
    if (this.#count >= mostStreams) throw streamsFull()
    const stream = new Readable({ read: () => {} })
    const tail = this.#tails.get(followed.key) ?? { followed, followers: new Set(), journal: undefined }
    this.#tails.set(followed.key, tail)
    const follower = { stream, after }
    tail.followers.add(follower)
    this.#count += 1
    stream.once('close', () => {
      this.#count -= 1
      tail.followers.delete(follower)
      if (tail.followers.size === 0) this.#tails.delete(followed.key)
      if (this.#tails.size === 0) {
        clearInterval(this.#timer)
        this.#timer = undefined
      }
    })
    stream.push('retry: 2000\n\n')
    this.#timer ??= setInterval(() => this.#poll(), pollMs)
    this.#advance(tail)
    return stream
  }

  /** The number of the last line of a journal. */
  lines(path: string): number {
    const tail = new JournalTail(path)
    tail.read()
    return tail.lines.at(-1)?.n ?? 0
  }

  /** Ends all streams: who followed may resume elsewhere. */
  close(): void {
    for (const { followers } of this.#tails.values()) for (const { stream } of followers) stream.push(null)
  }

  #poll(): void {
    const beats = performance.now() - this.#beat > heartbeatMs
    if (beats) this.#beat = performance.now()
    for (const tail of this.#tails.values()) {
      if (beats) for (const { stream } of tail.followers) stream.push(': beat\n\n')
      try {
        this.#advance(tail)
      } catch (error) {
        for (const { stream } of tail.followers) stream.destroy(error as Error)
      }
    }
  }

  #advance(tail: Tail): void {
    const { followed, followers } = tail
    const end = followed.end()
    const path = followed.journal()
    if (path !== undefined) tail.journal ??= new JournalTail(path)
    tail.journal?.read()
    for (const follower of followers) {
      const { stream } = follower
      for (const { n, event, text } of linesAfter(tail.journal, follower.after)) {
        stream.push(
          `id: ${n}\nevent: ${event}\ndata: ${JSON.stringify(followed.clean(JSON.parse(text)))}\n\n`,
        )
        follower.after = n
      }
      if (end !== undefined) {
        stream.push(`event: end\ndata: ${JSON.stringify(end)}\n\n`)
        stream.push(null)
      } else if (stream.readableLength > mostWaiting) stream.destroy()
    }
    if (end !== undefined) followers.clear()
  }
}

function linesAfter(tail: JournalTail | undefined, after: number): JournalTail['lines'] {
  const { lines = [] } = tail ?? {}
  const from = lines.findIndex(({ n }) => n > after)
  return from < 0 ? [] : lines.slice(from)
}
