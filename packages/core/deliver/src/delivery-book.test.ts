import { existsSync, mkdtempSync, readdirSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { Database } from '@sillage/duckdb'
import { placesOf } from '@sillage/pipeline'
import { type Column, type DeliveryMode, sql } from '@sillage/sdk'
import type { Session } from '@sillage/sql'
import fc from 'fast-check'
import { expect, it } from 'vitest'
import type { DeliveryBook } from './delivery-book.ts'
import { openBook } from './open-book.ts'
import { compactSegments, segmentNames } from './segments.ts'

const columns: readonly Column[] = [
  { name: 'id', type: 'INTEGER' },
  { name: 'tier', type: 'VARCHAR' },
]

type Audience = ReadonlyMap<number, string>

/** What a person would say a receiver holds after it was told of an audience. */
function expected(mode: DeliveryMode, before: Audience, audience: Audience): Audience {
  if (mode === 'mirror') return audience
  const after = new Map(before)
  for (const [id, tier] of audience) if (mode !== 'append' || !after.has(id)) after.set(id, tier)
  return after
}

interface Step {
  readonly audience: Audience
  /** The message that the receiver takes later, if there are so many. */
  readonly fails: number
  readonly forgets: boolean
  readonly compacts: boolean
}

/** A stage whose working database may go, and a receiver that keeps what it is told. */
class Course {
  readonly receiver = new Map<number, string>()
  readonly told: string[] = []
  readonly #folder = mkdtempSync(join(tmpdir(), 'sillage-deliver-'))
  readonly #mode: DeliveryMode
  #database: Database | undefined
  #run = 0

  constructor(mode: DeliveryMode) {
    this.#mode = mode
  }

  async tell({ audience, fails, forgets, compacts }: Step): Promise<void> {
    this.#run += 1
    if (forgets) {
      await this.#database?.[Symbol.asyncDispose]()
      this.#database = undefined
    }
    this.#database ??= await Database.open({ path: ':memory:' })
    using session = await this.#database.session()
    const book = await this.#open(session)
    for (const wave of await book.pending()) await this.#send(book, wave, -1)
    await book.catchUp()
    const values = [...audience].map(([id, tier]) => sql`(${id}, ${tier})`)
    const select =
      values.length === 0
        ? sql`select 0 as id, '' as tier where false`
        : sql`select * from (values ${sql.join(values)}) t(id, tier) order by id`
    const { counts } = await book.due({ select, columns, key: ['id'], mode: this.#mode })
    expect(counts.rows).toBe(counts.due + counts.known + counts.refused + counts.unknown)
    const total = await book.group(2)
    for (let from = 0; from < total; ) {
      const wave = await book.commit(from, {
        size: 2,
        body: ({ rows, removed }) =>
          sql`'{"rows":' || ${rows} || ',"removed":' || ${removed ?? sql`'[]'`} || '}'`,
      })
      await this.#send(book, wave, fails)
      from += wave.messages.length
    }
    await book.catchUp()
    await book.noteDeparted()
    await book.close()
    if (compacts)
      await compactSegments(session, join(this.#folder, 'state/deliveries/p', await this.#place()))
  }

  /** Names of the files in which it stands what was accepted. */
  async segments(): Promise<readonly string[]> {
    return segmentNames(join(this.#folder, 'state/deliveries/p', await this.#place()))
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.#database?.[Symbol.asyncDispose]()
    rmSync(this.#folder, { recursive: true, force: true })
  }

  async #place(): Promise<string> {
    const { placeName } = await import('./place.ts')
    return placeName('crm', { destination: 'here', key: ['id'] })
  }

  #open(session: Session): Promise<DeliveryBook> {
    return openBook(
      {
        stage: 'crm',
        files: [],
        delivery: { mode: this.#mode, key: ['id'], destination: 'here', maxRemoved: 1, shared: false },
      },
      {
        plan: {
          pipeline: 'p',
          project: this.#folder,
          file: join(this.#folder, 'pipeline.yaml'),
          asOf: undefined,
          places: placesOf(this.#folder),
        },
        run: `2026${String(this.#run).padStart(4, '0')}T000000-0000`,
        session,
        now: () => new Date(Date.UTC(2026, 0, 1, 0, 0, this.#run)),
      },
    )
  }

  async #send(book: DeliveryBook, wave: Parameters<DeliveryBook['settle']>[0], fails: number): Promise<void> {
    using settling = book.settling(wave)
    for (const [index, { id, body }] of wave.messages.entries()) {
      if (index === fails) continue
      const { rows, removed } = JSON.parse(body) as {
        readonly rows: readonly { readonly id: number; readonly tier: string }[]
        readonly removed: readonly { readonly id: number }[]
      }
      for (const row of removed) this.receiver.delete(row.id)
      for (const { id: key, tier } of rows) {
        this.receiver.set(key, tier)
        this.told.push(`${this.#run} ${key} ${tier}`)
      }
      const at = new Date(Date.UTC(2026, 0, 1)).toISOString()
      settling.note({
        id,
        status: 'accepted',
        run: String(this.#run),
        at,
        destination: 'here',
        attempts: 1,
        refused: [],
        retry: [],
        facts: {},
      })
    }
    await book.settle(wave)
  }
}

const audience = fc
  .array(fc.tuple(fc.integer({ min: 1, max: 6 }), fc.constantFrom('gold', 'silver')), { maxLength: 6 })
  .map((pairs) => new Map(pairs))

const steps = fc.array(
  fc.record({
    audience,
    fails: fc.integer({ min: -1, max: 3 }),
    forgets: fc.boolean(),
    compacts: fc.boolean(),
  }),
  { minLength: 1, maxLength: 6 },
)

it.each(['append', 'upsert', 'mirror'] as const)(
  'whatever an audience does, a receiver of mode %s holds what it should once all went well',
  async (mode) => {
    await fc.assert(
      fc.asyncProperty(steps, async (course) => {
        await using one = new Course(mode)
        let holds: Audience = new Map()
        for (const step of course) {
          await one.tell({ ...step, fails: mode === 'append' ? -1 : step.fails })
          // What waited is told late, and the audience goes on: only then is there one right answer.
          await one.tell({ ...step, fails: -1, forgets: false })
          holds = expected(mode, holds, step.audience)
          expect(new Map([...one.receiver].sort())).toEqual(new Map([...holds].sort()))
          const before = one.told.length
          await one.tell({ ...step, fails: -1 })
          expect(one.told.slice(before)).toEqual([])
        }
      }),
      { seed: 20261129, numRuns: 15 },
    )
  },
)

/** The book of a stage that never delivered, over a database in memory. */
async function withBook(
  work: (facts: {
    readonly book: DeliveryBook
    readonly session: Session
    readonly folder: string
  }) => Promise<void>,
): Promise<void> {
  const folder = mkdtempSync(join(tmpdir(), 'sillage-deliver-'))
  await using database = await Database.open({ path: ':memory:', threads: 2 })
  using session = await database.session()
  try {
    const book = await openBook(
      {
        stage: 'crm',
        files: [],
        delivery: { mode: 'upsert', key: ['id'], destination: 'here', maxRemoved: 1, shared: false },
      },
      {
        plan: {
          pipeline: 'p',
          project: folder,
          file: join(folder, 'pipeline.yaml'),
          asOf: undefined,
          places: placesOf(folder),
        },
        run: '20260101T000000-0000',
        session,
        now: () => new Date(0),
      },
    )
    await work({ book, session, folder })
  } finally {
    rmSync(folder, { recursive: true, force: true })
  }
}

const idsOf = (messages: readonly { readonly body: string }[]): readonly number[] =>
  messages.flatMap(({ body }) => (JSON.parse(body) as readonly { readonly id: number }[]).map(({ id }) => id))

it('keeps the order of the payload in its messages, with more rows than a thread takes at once', async () => {
  await withBook(async ({ book, session }) => {
    const select = sql`select range::integer as id, 'gold' as tier from range(300000) order by hash(range)`
    await session.run(`create table payload as ${select.text}`)
    const ordered = sql`select * from payload order by hash(id)`
    await book.due({ select: ordered, columns, key: ['id'], mode: 'upsert' })
    const total = await book.group(700)
    expect(total).toBe(Math.ceil(300_000 / 700))
    const ids: number[] = []
    const sizes: number[] = []
    for (let from = 0; from < total; ) {
      const { messages } = await book.commit(from, { size: 700, body: ({ rows }) => rows })
      ids.push(...idsOf(messages))
      sizes.push(...messages.map(({ rows }) => rows))
      from += messages.length
    }
    expect(new Set(sizes.slice(0, -1))).toEqual(new Set([700]))
    const right = await session.rows<{ id: number }>(`select id from payload order by hash(id)`)
    expect(ids).toEqual(right.map(({ id }) => id))
    await book.close()
  })
})

it('cuts messages of the rows that are due alone, wherever they stand in the payload', async () => {
  await withBook(async ({ book, session }) => {
    const select = sql`select range::integer as id, 'gold' as tier from range(200000)`
    const payload = { select, columns, key: ['id'], mode: 'upsert' } as const
    await book.due(payload)
    await book.append(book.acceptedDue('here'))
    const due = 'id % 50000 = 7 or id between 16380 and 16390 or id > 199990'
    const { counts } = await book.due({
      ...payload,
      select: sql`select id, case when ${sql.trusted(due)} then 'new' else tier end as tier from (${select})`,
    })
    expect(counts.due).toBe(24)
    const ids: number[] = []
    const total = await book.group(5)
    for (let from = 0; from < total; ) {
      const { messages } = await book.commit(from, { size: 5, body: ({ rows }) => rows })
      ids.push(...idsOf(messages))
      from += messages.length
    }
    const right = await session.rows<{ id: number }>(
      `select id from (${select.text}) where ${due} order by id`,
    )
    expect(ids).toEqual(right.map(({ id }) => id))
    await book.close()
  })
})

it('holds what is due in no memory of the database, and leaves no file of it', async () => {
  await withBook(async ({ book, session, folder }) => {
    const held = async (): Promise<number> =>
      (
        await session.row<{ bytes: number }>(
          `select sum(memory_usage_bytes)::bigint as bytes from duckdb_memory()`,
        )
      ).bytes
    const before = await held()
    const select = sql`select range::integer as id, sha256(range::varchar) as tier from range(200000)`
    const { counts } = await book.due({ select, columns, key: ['id'], mode: 'upsert' })
    await book.group(500)
    expect(counts.due).toBe(200_000)
    expect((await held()) - before).toBeLessThan(2_000_000)
    expect(temporaryFiles(folder)).toHaveLength(1)
    await book.close()
    expect(temporaryFiles(folder)).toEqual([])
    expect(existsSync(join(folder, '.sillage/tmp/p'))).toBe(false)
  })
})

it('finds rows that share a key among many, and none where there are none', async () => {
  await withBook(async ({ book }) => {
    const payload = (rows: string) => ({
      select: sql`select ${sql.trusted(rows)}::integer as id, 'gold' as tier from range(450000)`,
      columns,
      key: ['id'],
      mode: 'upsert' as const,
    })
    expect((await book.due(payload('range'))).troubles).toEqual({ twice: 0, withNull: 0, examples: [] })
    const { troubles } = await book.due(
      payload('case when range = 449999 then 3 when range = 5 then null else range end'),
    )
    expect(troubles).toEqual({ twice: 2, withNull: 1, examples: ['{"id":3}'] })
    await book.close()
  })
})

function temporaryFiles(folder: string): readonly string[] {
  return readdirSync(join(folder, '.sillage'), { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile())
    .map(({ name }) => name)
}

it('the segments of many runs become one without gc, and say what they said', async () => {
  await using course = new Course('upsert')
  const step = { fails: -1, forgets: false, compacts: false }
  const said = new Map<number, string>()
  let most = 0
  for (let day = 1; day <= 130; day += 1) {
    said.set(day % 7, `of day ${day}`)
    await course.tell({ ...step, audience: said })
    most = Math.max(most, (await course.segments()).length)
  }
  expect(most).toBeGreaterThan(60)
  expect(most).toBeLessThan(70)
  const names = await course.segments()
  expect(names.filter((name) => name.endsWith('.all.parquet'))).toEqual([names[0]])
  const told = course.told.length
  await course.tell({ ...step, forgets: true, audience: said })
  expect(course.told.length).toBe(told)
  expect(told).toBe(130)
  expect(course.receiver).toEqual(said)
})
