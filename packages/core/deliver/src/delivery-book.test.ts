import { mkdtempSync, rmSync } from 'node:fs'
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
      { seed: 20261129, numRuns: 8 },
    )
  },
)

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
