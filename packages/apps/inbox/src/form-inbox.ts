import { eventsRefused, keyReused } from './failures.ts'
import type { Form, KeptFact } from './form.ts'
import { type Judged, judgeEvents, keyField, requestKey } from './judge-events.ts'
import type { Known, KnownKeys } from './known-keys.ts'
import { ofEvent, ofRequest, type ReadBack, readBack, remember } from './read-back.ts'
import { readEvents } from './read-events.ts'
import { digestOf, newRecordId, type RecordFacts, recordLine } from './record.ts'
import { type RollLimits, SegmentWriter } from './segment-writer.ts'
import { assertSigned } from './signature.ts'

/** A request, as a server has it. */
export interface InboxRequest {
  readonly body: Buffer
  /** The content type, as sent. */
  readonly type: string
  readonly idempotencyKey?: string | undefined
  readonly signature?: string | undefined
  /** Facts that a form may keep. */
  readonly facts: Readonly<Partial<Record<KeptFact, string>>>
}

/** What a request is answered: the name of each event, in their order. */
export interface Accepted {
  readonly ids: readonly string[]
}

/** Since the form was opened, in events; `refused` in requests. */
export interface Counts {
  accepted: number
  refused: number
  duplicates: number
  bots: number
}

/** One form that takes requests. */
export class FormInbox {
  readonly form: Form
  readonly counts: Counts = { accepted: 0, refused: 0, duplicates: 0, bots: 0 }
  readonly #writer: SegmentWriter
  readonly #keys: KnownKeys
  readonly #now: () => Date
  #last: string | undefined

  private constructor(form: Form, read: ReadBack & { readonly writer: SegmentWriter }, now: () => Date) {
    this.form = form
    this.#writer = read.writer
    this.#keys = read.keys
    this.#last = read.last
    this.#now = now
  }

  /** Reads what is known of the last day from the segments, and goes on behind the last whole request. */
  static async open(
    form: Form,
    {
      folder,
      limits,
      now,
    }: { readonly folder: string; readonly limits: RollLimits; readonly now: () => Date },
  ): Promise<FormInbox> {
    const { keys, last, wholeBytes } = await readBack(folder, now())
    const writer = await SegmentWriter.open({ folder, limits, wholeBytes })
    return new FormInbox(form, { writer, keys, last, wholeBytes }, now)
  }

  /** When the last record was received; UTC, ISO. */
  get last(): string | undefined {
    return this.#last
  }

  /**
   * Takes all of a request, or nothing. Durable when it returns. Throws `signature_invalid`, `idempotency_key_invalid`, `idempotency_key_reused`, `inbox_full`,
   * `inbox_unavailable` and what `readEvents` and `judgeEvents` throw.
   */
  async accept(request: InboxRequest): Promise<Accepted> {
    const { form } = this
    try {
      if (form.secret !== undefined)
        assertSigned({ ...request, header: request.signature, secret: form.secret, now: this.#now() })
      const key = requestKey(request.idempotencyKey)
      const events = await readEvents({ ...request, form })
      return await this.#once(judgeEvents(events, form), key, request)
    } catch (error) {
      this.counts.refused += 1
      throw error
    }
  }

  async close(): Promise<void> {
    await this.#writer.close()
  }

  async #once(judged: readonly Judged[], key: string | undefined, request: InboxRequest): Promise<Accepted> {
    const keys = [
      ...(key === undefined ? [] : [ofRequest(key)]),
      ...judged.flatMap((one) => (one.key === undefined ? [] : [ofEvent(one.key)])),
    ]
    for (let work = this.#keys.underWay(keys); work; work = this.#keys.underWay(keys)) await work
    const now = this.#now().getTime()
    const known = key === undefined ? undefined : this.#keys.find(ofRequest(key), now)
    if (known === undefined) {
      this.#assertSameEvents(judged, now)
      return await this.#keys.hold(keys, () => this.#write(judged, key, request))
    }
    if (known.digest !== undefined && known.digest !== digestOfAll(judged)) throw keyReused()
    this.counts.duplicates += judged.length
    return { ids: known.ids }
  }

  /** An event that comes again under its key is the same event. Throws `events_refused`. */
  #assertSameEvents(judged: readonly Judged[], now: number): void {
    if (judged.every(({ key }) => key === undefined)) return
    const seen = new Map<string, string>()
    const problems = judged.flatMap(({ event: { line, text }, key, isBot }) => {
      if (key === undefined || isBot) return []
      const digest = digestOf([text])
      const before = seen.get(key) ?? this.#keys.find(ofEvent(key), now)?.digest ?? digest
      seen.set(key, before)
      return before === digest ? [] : [{ line, field: keyField, code: 'key_reused' }]
    })
    if (problems.length > 0) throw eventsRefused(problems)
  }

  async #write(
    judged: readonly Judged[],
    request: string | undefined,
    { facts }: InboxRequest,
  ): Promise<Accepted> {
    const now = this.#now()
    const at = now.toISOString()
    const ids: string[] = []
    const fresh = new Map<string, string>()
    const records: { readonly facts: RecordFacts; readonly text: string }[] = []
    for (const { event, key, isBot } of judged) {
      const known =
        key === undefined
          ? undefined
          : (fresh.get(key) ?? this.#keys.find(ofEvent(key), now.getTime())?.ids[0])
      const id = known ?? newRecordId(now)
      ids.push(id)
      if (isBot) this.counts.bots += 1
      else if (known !== undefined) this.counts.duplicates += 1
      else {
        if (key !== undefined) fresh.set(key, id)
        const own = { ...(request === undefined ? {} : { request }), ...(key === undefined ? {} : { key }) }
        records.push({
          facts: { id, at, form: this.form.name, ...own, ...this.#kept(facts) },
          text: event.text,
        })
      }
    }
    const digest = request === undefined ? undefined : digestOfAll(judged)
    if (records.length === 0) return this.#answer(request, { ids, digest, at: now.getTime() })
    const isAll = ids.length === records.length
    const lines = records.map(({ facts: own, text }, index) =>
      recordLine(
        digest === undefined ? own : { ...own, digest, ...(isAll || index > 0 ? {} : { ids }) },
        text,
        { more: index < records.length - 1 },
      ),
    )
    await this.#writer.append(Buffer.from(`${lines.join('\n')}\n`))
    this.counts.accepted += records.length
    this.#last = at
    const answer = this.#answer(request, { ids, digest, at: now.getTime() })
    for (const { facts: own, text } of records) remember(this.#keys, own, () => digestOf([text]))
    return answer
  }

  /** Notes what a request under a key was answered, also where nothing of it was new. */
  #answer(request: string | undefined, known: Omit<Known, 'isWhole'>): Accepted {
    if (request !== undefined) this.#keys.add(ofRequest(request), { ...known, isWhole: true })
    return { ids: known.ids }
  }

  #kept(facts: InboxRequest['facts']): Partial<RecordFacts> {
    return Object.fromEntries(
      this.form.keep.flatMap((name) =>
        facts[name] === undefined ? [] : [[name, facts[name].slice(0, 1000)]],
      ),
    )
  }
}

function digestOfAll(judged: readonly Judged[]): string {
  return digestOf(judged.map(({ event }) => event.text))
}
