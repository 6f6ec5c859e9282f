import { sql } from '@sillage/sdk'
import { describe, expect, it } from 'vitest'
import { withSession } from '../testing/ask.ts'
import { compareTables } from './compare-tables.ts'
import type { TableShape } from './mart-shape.ts'

interface Side {
  readonly types: Readonly<Record<string, string>>
  readonly rows: string
  readonly key?: readonly string[]
  readonly segments?: readonly string[]
}

/** Compares two tables, each given by types and rows. */
async function compared(before: Side, after: Side, samples = 0) {
  return await withSession(async (session) => {
    const shape = async (
      name: string,
      { types, rows, key = [], segments = [] }: Side,
    ): Promise<TableShape> => {
      const columns = Object.entries(types).map(([column, type]) => ({ name: column, type }))
      const list = columns.map(({ name: column, type }) => `"${column}" ${type}`)
      await session.run(`create table ${name} (${list})`)
      if (rows !== '') await session.run(`insert into ${name} values ${rows}`)
      return { name: 'people', columns, key, segments, scores: [] }
    }
    const old = await shape('old', before)
    const now = await shape('now', after)
    const sides = { before: sql.id('old'), after: sql.id('now') }
    return await compareTables({ session, before: old, after: now, sides, samples })
  })
}

const types = { id: 'INTEGER', town: 'VARCHAR', n: 'INTEGER' }

describe('two versions of a table', () => {
  it('are compared by their key: what came, what left, what changed in which column', async () => {
    const found = await compared(
      { types, rows: `(1,'a',1),(2,'b',1),(3,null,1),(4,'d',1),(null,'e',1)`, key: ['id'] },
      { types, rows: `(1,'a',1),(2,'c',2),(3,'c',1),(5,'d',1),(null,'e',2)`, key: ['id'] },
      1,
    )
    expect(found).toEqual({
      table: 'people',
      key: ['id'],
      columns: { added: [], removed: [], retyped: [] },
      rows: { before: 5, after: 5, added: 1, removed: 1, changed: 3 },
      changed_columns: [
        { column: 'n', rows: 2 },
        { column: 'town', rows: 2 },
      ],
      migrations: [],
      samples: { added: [{ id: 5 }], removed: [{ id: 4 }], changed: [{ id: 2, _changed: ['town', 'n'] }] },
    })
    const most = await compared(
      { types, rows: `(1,'a',1),(2,'b',1)`, key: ['id'] },
      { types, rows: `(1,'x',1),(2,'y',2)`, key: ['id'] },
    )
    expect(most.changed_columns.map(({ column }) => column)).toEqual(['town', 'n'])
    expect(most.samples).toBeUndefined()
  })

  it('show columns that came, left and changed their type; numbers of other types are equal by value', async () => {
    const found = await compared(
      {
        types: { id: 'INTEGER', n: 'INTEGER', day: 'DATE', gone: 'INTEGER' },
        rows: `(1,1,'2026-01-01',1)`,
        key: ['id'],
      },
      {
        types: { id: 'BIGINT', n: 'DOUBLE', day: 'VARCHAR', came: 'INTEGER' },
        rows: `(1,1.0,'2026-01-01',1)`,
      },
    )
    expect(found.columns).toEqual({
      added: [{ name: 'came', type: 'INTEGER' }],
      removed: [{ name: 'gone', type: 'INTEGER' }],
      retyped: [
        { name: 'id', from: 'INTEGER', to: 'BIGINT' },
        { name: 'n', from: 'INTEGER', to: 'DOUBLE' },
        { name: 'day', from: 'DATE', to: 'VARCHAR' },
      ],
    })
    expect([found.key, found.rows.changed]).toEqual([['id'], 0])
  })

  it.each([
    ['has no key', {}, {}],
    ['has a key that is not unique before', { key: ['town'] }, { key: ['town'] }],
    ['has a key of which a column is gone', { key: ['id', 'gone'] }, {}],
  ])('that %s are bags of rows', async (_, before, after) => {
    const found = await compared(
      { types, rows: `(1,'a',1),(1,'a',1),(2,'b',1)`, ...before },
      { types, rows: `(1,'a',1),(3,'b',1),(3,'b',1),(4,'c',1)`, ...after },
    )
    expect(found).toEqual({
      table: 'people',
      key: [],
      columns: { added: [], removed: [], retyped: [] },
      rows: { before: 3, after: 4, added: 3, removed: 2, changed: null },
      changed_columns: [],
      migrations: [],
    })
  })

  it('with a key that is not unique after, or with no column in common, are bags too', async () => {
    const twice = await compared(
      { types: { id: 'INTEGER' }, rows: '(1),(2)', key: ['id'] },
      { types: { id: 'INTEGER' }, rows: '(1),(1)', key: ['id'] },
    )
    expect([twice.key, twice.rows]).toEqual([
      [],
      { before: 2, after: 2, added: 1, removed: 1, changed: null },
    ])
    const others = await compared(
      { types: { a: 'INTEGER' }, rows: '(1),(2)' },
      { types: { b: 'INTEGER' }, rows: '(1)' },
    )
    expect(others.rows).toEqual({ before: 2, after: 1, added: 0, removed: 1, changed: null })
  })

  it('tell how rows went from segment to segment, each row in one cell', async () => {
    const side = (rows: string, segments: readonly string[]) => ({
      types: { id: 'INTEGER', town: 'VARCHAR' },
      rows,
      key: ['id'],
      segments,
    })
    const { migrations } = await compared(
      side(`(1,'a'),(2,'a'),(3,'b'),(4,null),(5,'b')`, ['town']),
      side(`(1,'a'),(2,'b'),(3,null),(4,null),(6,'a')`, []),
    )
    expect(migrations).toEqual([
      {
        column: 'town',
        cells: [
          { kind: 'stayed', from: 'a', to: 'a', rows: 1 },
          { kind: 'moved', from: 'a', to: 'b', rows: 1 },
          { kind: 'moved', from: 'b', to: null, rows: 1 },
          { kind: 'left', from: 'b', to: null, rows: 1 },
          { kind: 'stayed', from: null, to: null, rows: 1 },
          { kind: 'entered', from: null, to: 'a', rows: 1 },
        ],
      },
    ])
    const only = await compared(
      { types: { id: 'INTEGER' }, rows: '(1),(2)', key: ['id'] },
      { types: { id: 'INTEGER' }, rows: '(2),(3)', key: ['id'] },
    )
    expect([only.rows.changed, only.migrations]).toEqual([0, []])
  })
})
