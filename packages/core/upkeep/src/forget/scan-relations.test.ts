import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { duckdbEngine } from '@sillage/duckdb/engine'
import { afterAll, expect, it } from 'vitest'
import { ask } from '../testing/ask.ts'
import { scanRelations } from './scan-relations.ts'

const folder = mkdtempSync(join(tmpdir(), 'sillage-relations-'))
afterAll(() => rmSync(folder, { recursive: true, force: true }))
const path = (name: string) => join(folder, name)

it('finds identifiers by value in tables and Parquet files, and says which files it could not read', async () => {
  await ask(
    [
      `create table people as select * from (values (17850, 17850, 17850, 'Ada@mail.example, twice: ada@mail.example', ['17850'], {'a': '17850'}), (178501, 1, 17850.0, '178501', [], null), (1, 2, 3, null, null, null)) t(customer, n, other_id, note, list, held)`,
      'create schema inner_one',
      `create table inner_one."t.x" as select ' A1 ' as code, 'a1 b' as long, '{"a":"a1"}'::json as doc, 'a1' as id`,
      'create view seen as select * from people',
      'select 1',
    ],
    path('a.duckdb'),
  )
  await ask([`copy (select '17850' as note) to '${path('b.parquet')}'`, 'select 1'])
  writeFileSync(path('c.duckdb'), 'no database')
  const found = await scanRelations({
    openDatabase: duckdbEngine.openDatabase,
    files: ['a.duckdb', 'c.duckdb', 'b.parquet'].map(path),
    identifiers: {
      keys: [
        { value: '17850', column: 'customer' },
        { value: 'a1', column: 'short' },
      ],
      personal: [{ value: 'ada@mail.example', column: 'email' }],
      not_searched: [],
    },
    keyNames: new Set(['customer']),
  })
  expect(found.relations).toBe(3)
  const [a, b] = ['a.duckdb', 'b.parquet'].map(path)
  expect(found.hits).toEqual([
    { file: a, relation: 'inner_one.t.x.code', identifier: 'short', found: 1 },
    { file: a, relation: 'inner_one.t.x.id', identifier: 'short', found: 1 },
    { file: a, relation: 'main.people.customer', identifier: 'customer', found: 1 },
    { file: a, relation: 'main.people.other_id', identifier: 'customer', found: 2 },
    { file: a, relation: 'main.people.note', identifier: 'email', found: 1 },
    { file: a, relation: 'main.people.list', identifier: 'customer', found: 1 },
    { file: a, relation: 'main.people.held', identifier: 'customer', found: 1 },
    { file: b, relation: 'rows.note', identifier: 'customer', found: 1 },
  ])
  expect(found.unread).toEqual([{ file: path('c.duckdb'), why: expect.stringContaining('c.duckdb') }])
})
