import { execFileSync, spawn, spawnSync } from 'node:child_process'
import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync, truncateSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { failure, succeeded } from './testing/outcome.ts'
import { TestProject } from './testing/project.ts'

const pipeline = `pipeline: kept
stages:
  raw: { uses: collect/csv, with: { path: a.csv } }
  b: { uses: enrich/derive, from: raw, with: { columns: { c: "md5(b)", d: "md5(c)", e: "md5(d)" } }, expect: [ { unique: [id] } ] }
marts: { m: { from: b } }
`

function csv(rows: number, first = 0): string {
  const lines = Array.from(
    { length: rows },
    (_, row) => `${first + row},${((first + row) * 2654435761).toString(36)}`,
  )
  return `id,b\n${lines.join('\n')}\n`
}

const project = (): TestProject => new TestProject({ 'a.csv': csv(10), 'pipeline.yaml': pipeline })
const database = '.sillage/kept/work.duckdb'

async function countOf(project: TestProject): Promise<unknown> {
  const asked = await project.run([
    'query',
    'marts/kept.duckdb',
    'select count(*) as n from m',
    '--output',
    'json',
  ])
  return (asked.json() as { readonly rows: readonly { readonly n: unknown }[] }).rows[0]!.n
}

/** Runs statements on a database file in a process of its own, as an analyst's client would. */
const client = `
const { DuckDBInstance } = require('@duckdb/node-api')
;(async () => {
  const [path, statements, hold] = process.argv.slice(1)
  const instance = await DuckDBInstance.create(path)
  const connection = await instance.connect()
  await connection.run(statements)
  process.stdout.write('ready')
  if (hold) await new Promise((done) => process.stdin.once('data', done))
  connection.closeSync()
  instance.closeSync()
  process.exit(0)
})()`
const clientFolder = new URL('../../../engines/duckdb', import.meta.url)

function inDatabase(path: string, statements: string): void {
  execFileSync(process.execPath, ['-e', client, path, statements], { cwd: clientFolder })
}

describe('a working database', () => {
  it('that is damaged is told with what to remove, and published marts can still be asked', async () => {
    using here = project()
    succeeded(await here.run(['run', '--output', 'json']))
    for (const damage of [
      () => here.write(database, 'garbage '.repeat(10_000)),
      () => {
        here.write(database, new Uint8Array())
        truncateSync(join(here.folder, database), 20_000)
      },
    ]) {
      damage()
      const ended = await here.run(['run', '--output', 'json'])
      expect(ended.exit).toBe(1)
      const { error } = ended.json() as { readonly error: Readonly<Record<string, string>> }
      expect(error.code).toBe('working_database_unreadable')
      expect(error.hint).toContain('work.duckdb')
      expect(await countOf(here)).toBe(10)
    }
  })

  it('that was just being made, or is of an older layout, is made anew', async () => {
    using here = project()
    here.write(database, '')
    succeeded(await here.run(['run', '--output', 'json']))
    inDatabase(join(here.folder, database), 'update sillage.version set number = 1')
    const plan = (await here.run(['plan', '--output', 'json'])).json() as {
      readonly steps: readonly { readonly action: string }[]
    }
    expect(plan.steps.map((step) => step.action)).toEqual(['run', 'run'])
    const { steps } = succeeded(await here.run(['run', '--output', 'json']))
    expect(steps.map((step) => step.action)).toEqual(['run', 'run'])
  })
})

describe('a folder', () => {
  it('that cannot be written, or a file in its place, is named', async () => {
    using here = project()
    here.write('.sillage', 'a file')
    const ended = await here.run(['run', '--output', 'json'])
    expect(ended.exit).toBe(1)
    expect(ended.json()).toMatchObject({ error: { code: 'not_writable', hint: expect.any(String) } })
  })

  it('of marts that holds a file of somebody else is left alone', async () => {
    using here = project()
    here.write('marts/kept.duckdb', 'hello')
    expect(failure(await here.run(['run', '--output', 'json'])).code).toBe('mart_occupied')
    expect(readFileSync(join(here.folder, 'marts/kept.duckdb'), 'utf8')).toBe('hello')
  })
})

describe('an analyst who holds a mart open for writing, with a log', () => {
  it('does not touch the next version, and keeps the old one', async () => {
    using here = project()
    succeeded(await here.run(['run', '--output', 'json']))
    const analyst = spawn(
      process.execPath,
      [
        '-e',
        client,
        join(here.folder, 'marts/kept.duckdb'),
        "delete from m where id < 5; insert into m select -1, 'a', 'b', 'c', 'd' from range(7)",
        'hold',
      ],
      { cwd: clientFolder },
    )
    const closed = new Promise((done) => analyst.on('close', done))
    await new Promise((ready) => analyst.stdout.once('data', ready))
    const versions = join(here.folder, 'marts/.versions/kept')
    const logs = () => readdirSync(versions).filter((file) => file.endsWith('.wal'))
    expect(logs()).toHaveLength(1)
    expect(existsSync(join(here.folder, 'marts/kept.duckdb.wal'))).toBe(false)
    here.write('a.csv', csv(20))
    succeeded(await here.run(['run', '--output', 'json']))
    expect(await countOf(here)).toBe(20)
    analyst.stdin.write('leave\n')
    await closed
    expect(await countOf(here)).toBe(20)
    expect(logs()).toEqual([])
  })
})

/** A disk of six megabytes for as long as `work` takes; false where this machine does not allow one. */
async function withSmallDisk(work: (disk: string) => Promise<void>): Promise<boolean> {
  const disk = mkdtempSync(join(tmpdir(), 'sillage-disk-'))
  try {
    if (spawnSync('mount', ['-t', 'tmpfs', '-o', 'size=6m', 'tmpfs', disk]).status !== 0) return false
    await work(disk).finally(() => spawnSync('umount', [disk]))
    return true
  } finally {
    rmSync(disk, { recursive: true, force: true })
  }
}

const canMount = await withSmallDisk(async () => {})

describe.skipIf(!canMount)(
  canMount ? 'a full disk' : 'a full disk (skipped: mounting is not allowed)',
  () => {
    it('during a run or while publishing leaves the mart of before, and with room the next run works', async () => {
      await withSmallDisk(async (disk) => {
        using here = new TestProject({ 'a.csv': csv(1000), 'pipeline.yaml': pipeline }, disk)
        succeeded(await here.run(['run', '--output', 'json']))
        here.write('a.csv', csv(60_000))
        expect(failure(await here.run(['run', '--output', 'json'])).code).toBe('disk_full')
        expect(await countOf(here)).toBe(1000)
        here.write('a.csv', csv(1100))
        const publishing = await here.run(['run', '--output', 'json'])
        if (publishing.exit !== 0) expect(failure(publishing).code).toBe('disk_full')
        expect([1000, 1100]).toContain(await countOf(here))
        spawnSync('mount', ['-o', 'remount,size=60m', disk])
        succeeded(await here.run(['run', '--output', 'json']))
        expect(await countOf(here)).toBe(1100)
      })
    })
  },
)
