import { createHash } from 'node:crypto'
import { existsSync } from 'node:fs'
import { withSecrets } from '@sillage/base'
import { type Sql, sql } from '@sillage/sdk'
import type { Session } from '@sillage/sql'
import { type DeliverPort, type Sending, writesFiles } from './deliver-port.ts'
import type { DeliveryBook } from './delivery-book.ts'
import { keyOf, type Payload } from './due.ts'
import { loadSink } from './load-sink.ts'
import { openBook, payloadOf } from './open-book.ts'
import { segmentColumns } from './segments.ts'

/**
 * Before version 0.2 a message was a chunk of the payload, known by the hash of its text, and the working database said which arrived.
 * Takes over what can be known of it: chunks whose key has a receipt were accepted, with all their rows; messages that waited go first,
 * under their old ids. Of the rows of other chunks it cannot be known, where there are receipts of chunks that are gone.
 */
export async function takeOver(steps: readonly Sending[], port: DeliverPort, older: string): Promise<void> {
  const sinks = steps.filter((step) => !writesFiles(step) && step.delivery.mode !== 'full')
  if (sinks.length === 0) return
  const receipts = oldReceipts(port)
  if (!existsSync(older)) {
    for (const step of sinks)
      if (receipts.has(step.stage)) await takeOverSink(step, { port, receipts, waiting: [] })
    return
  }
  await using database = await port.openDatabase({ path: older, command: port.run.command })
  using session = await database.session()
  for (const step of sinks) {
    const waiting = await oldMessages(step, session, receipts)
    await takeOverSink(step, { port, receipts, waiting, before: session })
  }
}

/** What is known of the chunks of a stage. */
interface OldChunks {
  /** Keys of chunks that arrived. */
  readonly keys: Set<string>
  /** Rows of a whole chunk. */
  size: number
}

/** The receipts of the version before, by stage: they name the step's fingerprint, which later ones do not. */
function oldReceipts({ state, plan }: DeliverPort): Map<string, OldChunks> {
  const found = new Map<string, OldChunks>()
  for (const { stage, idempotency_key: key, rows, fingerprint } of state.read('receipts', plan.pipeline))
    if (typeof key === 'string' && typeof fingerprint === 'string')
      addChunk(found, { stage: String(stage), key, rows: Number(rows) })
  return found
}

function addChunk(
  found: Map<string, OldChunks>,
  { stage, key, rows }: { readonly stage: string; readonly key: string; readonly rows: number },
): void {
  const chunks = found.get(stage) ?? { keys: new Set(), size: 0 }
  chunks.keys.add(key)
  chunks.size = Math.max(chunks.size, rows)
  found.set(stage, chunks)
}

interface Facts {
  readonly port: DeliverPort
  readonly receipts: Map<string, OldChunks>
  readonly waiting: readonly OldMessage[]
  /** The working database of the version before, where it is there. */
  readonly before?: Session
}

async function takeOverSink(step: Sending, { port, receipts, waiting, before }: Facts): Promise<void> {
  const chunks = receipts.get(step.stage)
  if (!chunks && waiting.length === 0) return
  const payload = payloadOf(step)
  const size = Math.max(chunks?.size ?? 0, ...waiting.map(({ rows }) => rows))
  const name = `${port.plan.pipeline}\n${step.stage}`
  const cut = (session: Session): Promise<readonly Chunk[]> => cutPayload(payload, { session, size, name })
  // Where the tables of the version before do not give today's columns, the receipts are held against today's rows.
  const last = before && (await cut(before).catch(() => undefined))
  const session = last ? before : port.session
  const { plan } = port
  const { id: run, now } = port.run
  const book = await openBook(step, { plan, run, session, now })
  if (book.isKnown) return
  const cuts = last ?? (await cut(session))
  const pending = new Set(waiting.map(({ key }) => key))
  const arrived = cuts.filter(({ key }) => chunks?.keys.has(key) ?? false)
  const isAccounted = arrived.length >= (chunks?.keys.size ?? 0)
  const states = cuts.flatMap(({ number, key }) => {
    if (chunks?.keys.has(key)) return [{ number, state: 'accepted' }]
    return pending.has(key) || isAccounted ? [] : [{ number, state: 'unknown' }]
  })
  if (states.length > 0) await noteStates(book, { payload, size, states, port })
  if (waiting.length > 0) await commitOld(step, { waiting, book, payload, port })
  port.note(
    step.stage,
    `the version before delivered ${arrived.length} of its last ${cuts.length} messages; ${waiting.length} wait and go first`,
  )
}

interface Chunk {
  readonly number: number
  readonly key: string
}

/** The keys that the version before gave to the chunks of a payload. */
async function cutPayload(
  { select }: Payload,
  { session, size, name }: { readonly session: Session; readonly size: number; readonly name: string },
): Promise<readonly Chunk[]> {
  const rows = await session.rows(select.text)
  const chunks: Chunk[] = []
  for (let start = 0, number = 0; start < rows.length; start += size, number += 1) {
    const payload = JSON.stringify(rows.slice(start, start + size))
    const key = createHash('sha256').update(`${name}\n${payload}`).digest('hex').slice(0, 40)
    chunks.push({ number, key })
  }
  return chunks
}

async function noteStates(
  book: DeliveryBook,
  {
    payload,
    size,
    states,
    port: {
      run: { now },
    },
  }: {
    readonly payload: Payload
    readonly size: number
    readonly states: readonly { readonly number: number; readonly state: string }[]
    readonly port: DeliverPort
  },
): Promise<void> {
  const values = sql.join(states.map(({ number, state }) => sql`(${number}, ${state})`))
  const entries = entriesOf(
    { ...payload, select: sql`select * from (${payload.select})` },
    sql`(row_number() over () - 1) // ${size}`,
  )
  await book.append(sql`
    select ${segmentColumns} from (
      select entry.key, entry.content, chunk.state, true as told, null::varchar as code, null::varchar as message, null::varchar as id, '' as run, '' as destination, ${now()} as "at"
      from (${entries}) entry
      join (values ${values}) chunk(number, state) on chunk.number = entry.chunk
      qualify row_number() over (partition by entry.key order by chunk.state) = 1
    )
  `)
}

/** Key and content of rows, with a column that tells which chunk they are of. */
function entriesOf(payload: Payload, chunk: Sql): Sql {
  const line = keyOf({ columns: payload.columns, key: payload.columns.map(({ name }) => name) })
  const content = keyOf({ columns: payload.columns, key: [] })
  return sql`select chunk, key, unhex(content) as content, line from (select ${chunk} as chunk, ${keyOf(payload)} as key, ${content} as content, ${line} as line from (${payload.select}))`
}

interface OldMessage {
  readonly key: string
  readonly rows: number
  readonly payload: string
}

/** Messages of the version before that wait; those that arrived are added to the receipts. */
async function oldMessages(
  step: Pick<Sending, 'stage' | 'payload'>,
  session: Session,
  receipts: Map<string, OldChunks>,
): Promise<readonly OldMessage[]> {
  const [table] = await session.rows(
    `select 1 from duckdb_tables() where schema_name = 'sillage' and table_name = 'deliveries'`,
  )
  if (!table) return []
  const rows = await session.rows<{ key: string; rows: number; payload: string | null; status: string }>(
    sql`select idempotency_key as key, rows, payload, status from sillage.deliveries where stage = ${step.stage} and not contains(idempotency_key, ':') order by run, message`
      .text,
  )
  for (const { key, rows: count, status } of rows)
    if (status === 'sent') addChunk(receipts, { stage: step.stage, key, rows: count })
  const known = receipts.get(step.stage)?.keys
  return rows.flatMap(({ key, rows: count, payload, status }) =>
    status !== 'sent' && payload !== null && !known?.has(key) ? [{ key, rows: count, payload }] : [],
  )
}

/** Commits messages as the version before had cut them, under their ids. */
async function commitOld(
  step: Pick<Sending, 'stage' | 'module' | 'config'>,
  {
    waiting,
    book,
    payload,
    port,
  }: {
    readonly waiting: readonly OldMessage[]
    readonly book: DeliveryBook
    readonly payload: Payload
    readonly port: DeliverPort
  },
): Promise<void> {
  const plugin = await loadSink(step)
  const config = withSecrets(step.config, port.secret)
  const shape = JSON.stringify([
    Object.fromEntries(payload.columns.map(({ name, type }) => [name, type.replace(/^ENUM.*$/s, 'VARCHAR')])),
  ])
  const messages = sql.join(
    waiting.map(({ key, rows, payload: text }, index) => sql`(${index}, ${key}, ${rows}::bigint, ${text})`),
  )
  const rows = sql`select number, unnest(from_json(text, ${shape}), recursive := true) from (values ${messages}) message(number, id, rows, text)`
  const columns = sql.join(payload.columns.map(({ name }) => sql.id(name)))
  const entries = entriesOf(
    { ...payload, select: sql`select ${columns}, number as sillage_number from (${rows})` },
    sql`sillage_number`,
  )
  await book.commitAs({
    body: (facts) =>
      (plugin.message ?? (({ rows: list }) => sql`'{"rows":' || ${list} || '}'`))({
        ...facts,
        config,
        pipeline: port.plan.pipeline,
        stage: step.stage,
        asOf: port.plan.asOf ?? '',
        sql,
      }),
    rows: sql`select entry.chunk as number, entry.key as key, entry.content as content, false as removed from (${entries}) entry order by entry.chunk`,
    messages: sql`
      select message.id, message.number, message.rows, 0::bigint as removed, message.text as lines, '[]' as gone
      from (values ${messages}) message(number, id, rows, text)
    `,
  })
}
