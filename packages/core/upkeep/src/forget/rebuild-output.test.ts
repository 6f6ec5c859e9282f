import { createHash } from 'node:crypto'
import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { duckdbEngine } from '@sillage/duckdb/engine'
import { afterAll, beforeAll, expect, it } from 'vitest'
import { resolveKeys } from '../person.ts'
import { ask } from '../testing/ask.ts'
import { PeopleProject } from '../testing/people.ts'
import { rebuildOutput } from './rebuild-output.ts'
import type { RemovalFacts } from './removal.ts'

const folder = mkdtempSync(join(tmpdir(), 'sillage-output-'))
const project = new PeopleProject()
afterAll(() => {
  project[Symbol.dispose]()
  rmSync(folder, { recursive: true, force: true })
})
let facts: RemovalFacts
beforeAll(async () => {
  const pipeline = await project.pipeline()
  const columns = new Map([['grouped', ['person_id', 'email']]])
  facts = {
    openDatabase: duckdbEngine.openDatabase,
    pipeline,
    columns,
    keys: resolveKeys(pipeline, columns, [{ column: 'person_id', value: '17850' }]),
    identifiers: {
      keys: [
        { value: '17850', column: 'person_id' },
        { value: 'k-1785', column: 'person_id' },
      ],
      personal: [{ value: 'ada@mail.example', column: 'email' }],
      not_searched: [],
    },
  }
})

const path = (name: string) => join(folder, name)
const rebuilt = (name: string) => rebuildOutput({ stage: 'list', path: path(name) }, facts)
const sha256 = (name: string) =>
  createHash('sha256')
    .update(readFileSync(path(name)))
    .digest('hex')

it('a CSV file loses the rows of the person, and not one byte of the others', async () => {
  writeFileSync(
    path('a.csv'),
    '\u{feff}"person_id";name\r\n17850;Zoé\r\n13047;"a\n17850;b"\r\n\'17850.0;x\r\n178501;Zoé',
  )
  expect(await rebuilt('a.csv')).toEqual({
    file: path('a.csv'),
    table: 'list',
    how: 'key',
    rows: 2,
    left: 2,
    sha256: sha256('a.csv'),
  })
  expect(readFileSync(path('a.csv'), 'utf8')).toBe(
    '\u{feff}"person_id";name\r\n13047;"a\n17850;b"\r\n178501;Zoé',
  )
})

it('a CSV file without a column of the key loses rows that hold a value which is nobody else’s', async () => {
  writeFileSync(path('b.tsv'), 'who\tn\nada@mail.example\t1\nbob\t17850\nx\tk-1785\n')
  expect(await rebuilt('b.tsv')).toMatchObject({ how: 'value', rows: 2, left: 1 })
  expect(readFileSync(path('b.tsv'), 'utf8')).toBe('who\tn\nbob\t17850\n')
})

it('a large file is written anew whole', async () => {
  const line = `1,${'x'.repeat(5000)}\n`
  writeFileSync(path('large.csv'), `person_id,t\n${line.repeat(2000)}17850,y\n`)
  expect(await rebuilt('large.csv')).toMatchObject({ rows: 1, left: 2000 })
  expect(readFileSync(path('large.csv'), 'utf8')).toBe(`person_id,t\n${line.repeat(2000)}`)
})

it('a file without the person stays as it is', async () => {
  writeFileSync(path('c.txt'), 'person_id,n\n1,2\n')
  expect(await rebuilt('c.txt')).toEqual({ file: path('c.txt'), table: 'list', how: 'key', rows: 0 })
  writeFileSync(path('empty.csv'), '')
  expect(await rebuilt('empty.csv')).toMatchObject({ how: 'none', rows: 0 })
  expect(await rebuilt('none.csv')).toBeUndefined()
  writeFileSync(path('d.xlsx'), '17850')
  expect(await rebuilt('d.xlsx')).toEqual({ file: path('d.xlsx'), table: 'list', how: 'none', rows: 0 })
})

it('a Parquet file is written anew by the key, or by value', async () => {
  const write = (name: string, select: string) => ask([`copy (${select}) to '${path(name)}'`, 'select 1'])
  const ids = async (name: string) =>
    (await ask([`select n from read_parquet('${path(name)}') order by 1`])).map(({ n }) => n)
  await write('e.parquet', `select * from (values ('17850',1),('17850 ',2),('1',3)) t(person_id, n)`)
  expect(await rebuilt('e.parquet')).toEqual({
    file: path('e.parquet'),
    table: 'list',
    how: 'key',
    rows: 2,
    left: 1,
    sha256: sha256('e.parquet'),
  })
  expect(await ids('e.parquet')).toEqual([3])
  expect(await rebuilt('e.parquet')).toEqual({ file: path('e.parquet'), table: 'list', how: 'key', rows: 0 })
  await write('f.PARQUET', `select * from (values ('ada@mail.example',1),('bob',2)) t(who, n)`)
  expect(await rebuilt('f.PARQUET')).toMatchObject({ how: 'value', rows: 1, left: 1 })
  await write('g.parquet', 'select 1 as n')
  expect(await rebuilt('g.parquet')).toMatchObject({ how: 'none', rows: 0 })
  expect(readdirSync(folder).filter((name) => name.includes('forgetting'))).toEqual([])
})
