/**
 * Facts of DuckDB that Sillage is built around. Each was found by losing data; a new version of DuckDB that changes one shows it here.
 */
import { execFile } from 'node:child_process'
import { mkdtempSync, readFileSync, renameSync, rmSync, symlinkSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { promisify } from 'node:util'
import { type DuckDBConnection, DuckDBInstance } from '@duckdb/node-api'
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from 'vitest'

let folder: string
let instance: DuckDBInstance
let connection: DuckDBConnection
beforeAll(async () => {
  folder = mkdtempSync(join(tmpdir(), 'sillage-traps-'))
  instance = await DuckDBInstance.create(':memory:', { threads: '2' })
})
beforeEach(async () => {
  connection = await instance.connect()
})
afterEach(() => connection.closeSync())
afterAll(() => {
  instance.closeSync()
  rmSync(folder, { recursive: true })
})

describe('a transaction', () => {
  test('with a failed statement commits without an error, and has rolled back', async () => {
    await connection.run('create or replace table t (n integer)')
    await connection.run('begin')
    await connection.run('insert into t values (1)')
    await expect(connection.run("select error('no')")).rejects.toThrow()
    await connection.run('commit')
    expect(await value('select count(*)::int from t')).toBe(0)
  })

  test('writes to one attached database only', async () => {
    await connection.run(
      "attach ':memory:' as one; attach ':memory:' as two; create table one.t (n integer); create table two.t (n integer)",
    )
    await connection.run('begin')
    await connection.run('insert into one.t values (1)')
    await expect(connection.run('insert into two.t values (1)')).rejects.toThrow(
      /single attached database|only write to/i,
    )
    await connection.run('rollback')
  })

  test('cannot move a table to another schema', async () => {
    await connection.run('create schema if not exists shelf; create or replace table t (n integer)')
    await expect(connection.run('alter table t set schema shelf')).rejects.toThrow(
      /not (yet )?(implemented|supported)|not support/i,
    )
  })
})

describe('a database file', () => {
  test('that is open is locked against other processes, but not against its own', async () => {
    const path = join(folder, 'twice.duckdb')
    const first = await DuckDBInstance.create(path)
    await expect(elsewhere(path, 'select 1')).rejects.toThrow(/lock/)
    const second = await DuckDBInstance.create(path)
    second.closeSync()
    first.closeSync()
  })

  test('loses its lock when its own process opens and closes it once more, be it only to read its bytes', async () => {
    const path = join(folder, 'unlocked.duckdb')
    const owner = await DuckDBInstance.create(path)
    readFileSync(path)
    expect(await elsewhere(path, 'select 1 as n')).toEqual([{ n: 1 }])
    owner.closeSync()
  })

  test('keeps deleted values in its bytes after delete, checkpoint and vacuum; a rebuilt one does not', async () => {
    const path = join(folder, 'erased.duckdb')
    const secret = 'jane.doe.4711@example.org'
    await inFile(
      path,
      `create table t as select i, case when i = 7 then '${secret}' else md5(i::varchar) end as v from range(20000) r(i)`,
    )
    await inFile(path, 'delete from t where i = 7; checkpoint; vacuum')
    expect(readFileSync(path).includes(secret)).toBe(true)
    const rebuilt = join(folder, 'rebuilt.duckdb')
    await inFile(rebuilt, `attach '${path}' as old (read_only); create table t as from old.t`)
    expect(readFileSync(rebuilt).includes(secret)).toBe(false)
  })

  test('renamed over one that is open takes on the log of its reader', async () => {
    const path = join(folder, 'open.duckdb')
    await inFile(path, 'create table t as select i from range(1000) r(i)')
    await inFile(
      join(folder, 'next.duckdb'),
      'create table t as select i + 5000 as i from range(1000) r(i); checkpoint',
    )
    const reader = await DuckDBInstance.create(path)
    const session = await reader.connect()
    await session.run('delete from t where i < 10; insert into t select -1 from range(10)')
    renameSync(join(folder, 'next.duckdb'), path)
    const rows = await elsewhere(
      path,
      'select count(*) filter (where i >= 5000)::int as fresh, count(*) filter (where i < 0)::int as stray from t',
    )
    expect(rows).toEqual([{ fresh: 990, stray: 10 }])
    session.closeSync()
    reader.closeSync()
  })

  test('opened through the cache stays the old one after a rename', async () => {
    const path = join(folder, 'cached.duckdb')
    await inFile(path, 'create table t as select 1 as version')
    await inFile(join(folder, 'cached-next.duckdb'), 'create table t as select 2 as version')
    const before = await DuckDBInstance.fromCache(path)
    renameSync(join(folder, 'cached-next.duckdb'), path)
    const after = await (await DuckDBInstance.fromCache(path)).connect()
    expect((await after.runAndReadAll('from t')).getRowsJS()).toEqual([[1]])
    after.closeSync()
    before.closeSync()
  })

  test('behind a link changes cleanly: who has the old one open keeps it, the next reader gets the new one', async () => {
    await inFile(join(folder, 'v1.duckdb'), 'create table t as select 1 as version')
    await inFile(join(folder, 'v2.duckdb'), 'create table t as select 2 as version')
    const link = join(folder, 'mart.duckdb')
    symlinkSync('v1.duckdb', link)
    const reader = await DuckDBInstance.create(link, { access_mode: 'READ_ONLY' })
    const session = await reader.connect()
    symlinkSync('v2.duckdb', `${link}.next`)
    renameSync(`${link}.next`, link)
    expect((await session.runAndReadAll('from t')).getRowsJS()).toEqual([[1]])
    expect(await elsewhere(link, 'from t')).toEqual([{ version: 2 }])
    session.closeSync()
    reader.closeSync()
  })
})

describe('a CSV file', () => {
  const csv = (name: string, text: string | Uint8Array) => {
    const path = join(folder, name)
    writeFileSync(path, text)
    return `'${path}'`
  }

  test('read with detected types loses a leading zero; as text it does not', async () => {
    const lines = Array.from({ length: 50_000 }, (_, index) => `${index},${10_000_000_000_000 + index}`)
    const file = csv('siret.csv', ['n,siret', ...lines, '50000,01234567890123'].join('\n'))
    expect(String(await value(`select siret from read_csv(${file}) where n = 50000`))).toBe('1234567890123')
    expect(await value(`select siret from read_csv(${file}, all_varchar = true) where n = '50000'`)).toBe(
      '01234567890123',
    )
  })

  test('read with detected types fails on a late letter; cast in the same statement it does not', async () => {
    const lines = Array.from({ length: 50_000 }, (_, index) => `${536_000 + index}`)
    const file = csv('invoice.csv', ['invoice', ...lines, 'C536379'].join('\n'))
    await expect(connection.run(`select max(invoice) from read_csv(${file})`)).rejects.toThrow(/C536379/)
    const select = `select count(*) filter (where try_cast(invoice as bigint) is null)::int from read_csv(${file}, all_varchar = true)`
    expect(await value(select)).toBe(1)
  })

  test('of another encoding is refused or misread, never detected', async () => {
    const file = csv('french.csv', Buffer.from('nom;prix\nFrançois;10 €\n', 'latin1'))
    await expect(connection.run(`from read_csv(${file}, delim = ';')`)).rejects.toThrow(/utf-8|encod/i)
  })

  test('try_cast changes values that do not fit rather than refusing them', async () => {
    const select =
      "select try_cast('1.5' as integer), try_cast('1e3' as integer), try_cast('yes' as boolean), try_cast(' 7 ' as integer)"
    expect((await connection.runAndReadAll(select)).getRowsJS()).toEqual([[2, 1000, true, 7]])
  })

  test('JSON lines with ignored errors become rows of nulls', async () => {
    const file = csv('lines.json', '{"a": 1}\nno json\n{"a": 3}\n')
    expect(
      await value(
        `select count(*)::int from read_json(${file}, format = 'newline_delimited', ignore_errors = true) where a is null`,
      ),
    ).toBe(1)
  })
})

test('sums of decimals are the same in every run and for every order, which sums of doubles need not be', async () => {
  await connection.run(
    'create or replace table amounts as select (hash(i) % 1000000007)::double / 997 as amount from range(100000) r(i)',
  )
  const sum = (order: string) =>
    value(`select sum(amount::decimal(38, 9))::varchar from (from amounts order by ${order})`)
  const sums = new Set(await Promise.all(['amount', 'amount desc', 'hash(amount)', 'rowid'].map(sum)))
  expect(sums.size).toBe(1)
  expect(
    await value(
      'select (0.1::double + 0.2::double) + 0.3::double = 0.1::double + (0.2::double + 0.3::double)',
    ),
  ).toBe(false)
})

test('a process that interrupts its query, awaits it and closes leaves cleanly', async () => {
  const script = `
    const { DuckDBInstance } = require('@duckdb/node-api')
    ;(async () => {
      const instance = await DuckDBInstance.create()
      const connection = await instance.connect()
      const running = connection.run('select sum(sqrt(a.i * b.i)) from range(100000000) a(i), range(1000) b(i)').catch((error) => error.message)
      // One that comes before the statement reached its thread is forgotten.
      const again = setInterval(() => connection.interrupt(), 50)
      console.log(JSON.stringify([{ message: await running }]))
      clearInterval(again)
      connection.closeSync()
      instance.closeSync()
    })()`
  expect(await runNode(script)).toEqual([{ message: expect.stringMatching(/interrupt/i) }])
})

async function value(select: string): Promise<unknown> {
  return (await connection.runAndReadAll(select)).getRowsJS()[0]?.[0]
}

async function inFile(path: string, statements: string): Promise<void> {
  const file = await DuckDBInstance.create(path)
  const session = await file.connect()
  await session.run(`set force_compression = 'uncompressed'; ${statements}; checkpoint`)
  session.closeSync()
  file.closeSync()
}

/** Rows of a select, run on a file by another process. */
async function elsewhere(path: string, select: string): Promise<unknown> {
  return await runNode(`
    const { DuckDBInstance } = require('@duckdb/node-api')
    ;(async () => {
      const instance = await DuckDBInstance.create(${JSON.stringify(path)})
      const connection = await instance.connect()
      console.log(JSON.stringify((await connection.runAndReadAll(${JSON.stringify(select)})).getRowObjectsJS()))
      connection.closeSync()
      instance.closeSync()
    })()`)
}

async function runNode(script: string): Promise<unknown> {
  const { stdout } = await promisify(execFile)(process.execPath, ['-e', script], {
    cwd: import.meta.dirname,
    timeout: 60_000,
  })
  return JSON.parse(stdout)
}
