import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { duckdbEngine } from '@sillage/duckdb/engine'
import { afterAll, expect, it } from 'vitest'
import { ask } from '../testing/ask.ts'
import { compareVersions } from './compare-versions.ts'

const folder = mkdtempSync(join(tmpdir(), 'sillage-changes-'))
afterAll(() => rmSync(folder, { recursive: true, force: true }))

const version = (file: string) => ({ run: file, file: join(folder, file), current: false, bytes: 0 })
const compare = (before: string, after: string) =>
  compareVersions({
    before: version(before) as never,
    after: version(after) as never,
    samples: 0,
    memoryBytes: 2 ** 28,
    tempFolder: join(folder, 'tmp'),
    openDatabase: duckdbEngine.openDatabase,
  })

/** What a mart says of its columns. */
const notes = `create table sillage.columns as select * from (values ('people','id',true,null),('people','kind',false,'segment'),('people','points',false,'score')) t(table_name, column_name, key, role)`

it('tells the tables that came and left with their rows, and compares those that stayed by what the versions say of them', async () => {
  await ask(
    [
      'create table gone as select 1 as n union all select 2',
      `create table people as select 1 as id, 'a' as kind, 1 as points`,
      'create schema sillage',
      notes,
      'select 1',
    ],
    join(folder, 'old.duckdb'),
  )
  await ask(
    [
      `create table people as select 1 as id, 'b' as kind, 1 as points`,
      'create table came as select 1 as n',
      'create schema sillage',
      notes,
      'select 1',
    ],
    join(folder, 'new.duckdb'),
  )
  const { tables } = await compare('old.duckdb', 'new.duckdb')
  expect([tables.added, tables.removed]).toEqual([[{ table: 'came', rows: 1 }], [{ table: 'gone', rows: 2 }]])
  expect(tables.kept).toMatchObject([
    {
      table: 'people',
      key: ['id'],
      rows: { changed: 1 },
      migrations: [{ column: 'kind', cells: [{ kind: 'moved', from: 'a', to: 'b', rows: 1 }] }],
    },
  ])
})

it('takes a version that says nothing of keys for one without', async () => {
  await ask(['create table people as select 1 as id', 'select 1'], join(folder, 'oldest.duckdb'))
  await ask(
    [
      'create table people as select 2 as id',
      'create schema sillage',
      `create table sillage.columns as select 'people' as table_name, 'id' as column_name, true as key`,
      'select 1',
    ],
    join(folder, 'older.duckdb'),
  )
  const { tables } = await compare('oldest.duckdb', 'older.duckdb')
  expect(tables.kept).toMatchObject([{ key: [], rows: { added: 1, removed: 1, changed: null } }])
})

it('refuses a version that is no database', async () => {
  writeFileSync(join(folder, 'broken.duckdb'), 'no database')
  await expect(compare('broken.duckdb', 'old.duckdb')).rejects.toMatchObject({ code: 'version_unreadable' })
})
