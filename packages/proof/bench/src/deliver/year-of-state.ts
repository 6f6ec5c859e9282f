import { mkdirSync, readdirSync, rmSync, statSync } from 'node:fs'
import { join } from 'node:path'
import { openBook } from '@sillage/deliver'
import { Database } from '@sillage/duckdb'
import { placesOf } from '@sillage/pipeline'
import { sql } from '@sillage/sdk'
import type { Figure } from '../bench.ts'

const days = 365
const mostMb = 300
const mostMs = 2000

/** What a year of deliveries leaves, and how long a run without a working database takes to read it. */
export async function yearOfState({
  rows,
  folder,
}: {
  readonly rows: number
  readonly folder: string
}): Promise<readonly Figure[]> {
  mkdirSync(folder, { recursive: true })
  const step = {
    stage: 'crm',
    files: [],
    delivery: { mode: 'upsert', key: ['id'], destination: 'here', maxRemoved: 0.2, shared: false },
  } as const
  const plan = {
    pipeline: 'year',
    project: folder,
    file: join(folder, 'pipeline.yaml'),
    asOf: undefined,
    places: placesOf(folder),
  }
  const few = Math.round(rows / 100)
  const open = async (database: Database, run: string) =>
    openBook(step, { plan, run, session: await database.session(), now: () => new Date() })
  const path = join(folder, 'work.duckdb')
  {
    await using database = await Database.open({ path, threads: 2 })
    for (let day = 0; day <= days; day += 1) {
      const run = `${String(20260101 + day)}T000000-0000`
      const book = await open(database, run)
      const first = day === 0 ? 0 : (day * few) % rows
      await book.append(
        sql`select to_json({id: id})::varchar as key, unhex(left(sha256(${run} || id), 32)) as content, 'accepted' as state, true as told, null::varchar as code, null::varchar as message, left(sha256(${run} || id // 500), 40) as id, ${run} as run, 'http://127.0.0.1:8080/people' as destination, ${new Date()} as "at" from (select range as id from range(${first}, ${day === 0 ? rows : first + few}))`,
      )
    }
  }
  rmSync(path)
  const state = join(folder, 'state')
  const files = readdirSync(state, { recursive: true, encoding: 'utf8' })
  const bytes = files.reduce((sum, name) => sum + statSync(join(state, name)).size, 0)
  const segments = files.filter((name) => name.endsWith('.parquet')).length
  await using database = await Database.open({ path, threads: 2 })
  const start = performance.now()
  await open(database, '20280101T000000-0000')
  const ms = performance.now() - start
  return [
    {
      what: `state after ${days} days`,
      value: bytes / 1e6,
      unit: 'MB',
      bar: mostMb,
      direction: 'at most',
      detail: `${(rows + days * few).toLocaleString('en-US')} rows were accepted`,
    },
    {
      what: 'reading it',
      value: ms,
      unit: 'ms',
      bar: mostMs,
      direction: 'at most',
      detail: `${segments} segments of ${days + 1} runs into an empty working database`,
    },
  ]
}
