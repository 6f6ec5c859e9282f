import { existsSync, mkdtempSync, readdirSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { Database } from '@sillage/duckdb'
import { placesOf } from '@sillage/pipeline'
import { type Column, sql } from '@sillage/sdk'
import type { Session } from '@sillage/sql'
import { expect, it } from 'vitest'
import type { DeliveryBook } from './delivery-book.ts'
import { openBook } from './open-book.ts'

const columns: readonly Column[] = [
  { name: 'id', type: 'INTEGER' },
  { name: 'tier', type: 'VARCHAR' },
]

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
