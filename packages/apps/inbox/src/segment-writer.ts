import { constants } from 'node:fs'
import { type FileHandle, open } from 'node:fs/promises'
import { makeDurably, syncPath } from '@sillage/base'
import { blankRange } from './blank-records.ts'
import { inboxFull, inboxUnavailable } from './failures.ts'
import { nextSegment, segmentsIn } from './segments.ts'

/** When a segment is full. */
export interface RollLimits {
  readonly bytes: number
  readonly ageMs: number
}

interface Waiting {
  readonly bytes: Buffer
  readonly done: () => void
  readonly failed: (error: unknown) => void
}

const mostAtOnce = 8 * 2 ** 20

/**
 * Appends requests to the newest segment of a folder. Requests that wait together share one write and one flush; each is durable, or refused,
 * when its promise ends. No byte of a request that was written whole is cut off, for a reader may have seen it; where it could not be flushed
 * its lines are written over with blanks.
 */
export class SegmentWriter {
  readonly #folder: string
  readonly #limits: RollLimits
  #segment: OpenSegment | undefined
  #waiting: Waiting[] = []
  #closed = false
  #working: Promise<void> | undefined

  private constructor(folder: string, limits: RollLimits, segment: OpenSegment | undefined) {
    this.#folder = folder
    this.#limits = limits
    this.#segment = segment
  }

  /** Goes on in the newest segment behind its last whole request, which `wholeBytes` tells; what follows was never answered and is cut. */
  static async open({
    folder,
    limits,
    wholeBytes,
  }: {
    readonly folder: string
    readonly limits: RollLimits
    readonly wholeBytes: number
  }): Promise<SegmentWriter> {
    const last = segmentsIn(folder).at(-1)
    if (!last) return new SegmentWriter(folder, limits, undefined)
    const handle = await open(last.path, constants.O_WRONLY | constants.O_APPEND)
    await handle.truncate(wholeBytes)
    await handle.datasync()
    const { birthtimeMs } = await handle.stat()
    return new SegmentWriter(folder, limits, {
      path: last.path,
      handle,
      bytes: wholeBytes,
      since: birthtimeMs,
    })
  }

  /** Throws `inbox_full`, `inbox_unavailable`: then nothing of it is in the file, or it may be sent again under its key. */
  append(bytes: Buffer): Promise<void> {
    if (this.#closed) return Promise.reject(inboxUnavailable(new Error('the inbox is closed')))
    const appended = new Promise<void>((done, failed) => this.#waiting.push({ bytes, done, failed }))
    this.#working ??= this.#work()
    return appended
  }

  /** Waits for what is under way; what comes after is refused. */
  async close(): Promise<void> {
    this.#closed = true
    await this.#working
    await this.#segment?.handle.close()
    this.#segment = undefined
  }

  async #work(): Promise<void> {
    // Those who come in this turn of the loop go together.
    await new Promise(setImmediate)
    while (this.#waiting.length > 0) await this.#commit(this.#take())
    this.#working = undefined
  }

  #take(): readonly Waiting[] {
    let bytes = 0
    const count = this.#waiting.findIndex((one) => {
      bytes += one.bytes.length
      return bytes > mostAtOnce
    })
    return this.#waiting.splice(0, count < 0 ? this.#waiting.length : Math.max(1, count))
  }

  async #commit(group: readonly Waiting[]): Promise<void> {
    let whole = 0
    let written: { readonly path: string; readonly from: number; readonly to: number } | undefined
    try {
      const segment = await this.#current()
      const from = segment.bytes
      const { written: count, failure } = await writeAll(
        segment.handle,
        Buffer.concat(group.map(({ bytes }) => bytes)),
      )
      let bytes = 0
      for (const one of group) {
        if (bytes + one.bytes.length > count) break
        bytes += one.bytes.length
        whole += 1
      }
      segment.bytes += bytes
      written = { path: segment.path, from, to: segment.bytes }
      if (count > bytes) await segment.handle.truncate(segment.bytes)
      if (whole > 0) await segment.handle.datasync()
      for (const { done } of group.slice(0, whole)) done()
      if (failure === undefined) return
      for (const { failed } of group.slice(whole)) failed(refusal(failure))
    } catch (error) {
      await this.#leave()
      // Who is refused sends it again under the same key: it must not be there twice. A kill before this leaves it, with its key; a disk
      // that does not take the blanks either leaves it without: better twice than answered for and not there.
      if (written) await blankRange(written.path, written).catch(() => undefined)
      for (const { failed } of group) failed(refusal(error))
    }
  }

  /** The segment to write to: a new one where the last is full, old, or failed. */
  async #current(): Promise<OpenSegment> {
    const { bytes, ageMs } = this.#limits
    const now = this.#segment
    if (now && now.bytes < bytes && (now.bytes === 0 || Date.now() - now.since < ageMs)) return now
    await this.#leave()
    makeDurably(this.#folder)
    const path = nextSegment(this.#folder, Date.now())
    const handle = await open(path, 'ax', 0o600)
    syncPath(this.#folder)
    this.#segment = { path, handle, bytes: 0, since: Date.now() }
    return this.#segment
  }

  /** After a failure nobody can say what the disk has: what follows goes to another segment. */
  async #leave(): Promise<void> {
    const { handle } = this.#segment ?? {}
    this.#segment = undefined
    await handle?.close().catch(() => undefined)
  }
}

interface OpenSegment {
  readonly path: string
  readonly handle: FileHandle
  /** Up to the end of the last whole request. */
  bytes: number
  readonly since: number
}

/** Writes as much as there is room for. */
async function writeAll(
  handle: FileHandle,
  bytes: Buffer,
): Promise<{ readonly written: number; readonly failure?: unknown }> {
  let written = 0
  try {
    while (written < bytes.length)
      written += (await handle.write(bytes, written, bytes.length - written)).bytesWritten
    return { written }
  } catch (failure) {
    return { written, failure }
  }
}

function refusal(error: unknown): unknown {
  const { code } = error as NodeJS.ErrnoException
  return code === 'ENOSPC' || code === 'EDQUOT' || code === 'EFBIG'
    ? inboxFull(error)
    : inboxUnavailable(error)
}
