import { expect, it } from 'vitest'
import { withSession } from '../testing/ask.ts'
import { martShape } from './mart-shape.ts'

it('a version tells its tables with columns in order, keys, segments and scores', async () => {
  const found = await withSession(async (session) => {
    await session.run('create table b (z integer, a varchar)')
    await session.run('create table a (id integer)')
    await session.run('create schema sillage')
    await session.run('create table sillage.runs (run varchar)')
    await session.run(
      `create table sillage.columns as select * from (values ('b','z',true,null),('b','a',false,'segment'),('a','id',null,'score')) t(table_name, column_name, key, role)`,
    )
    return await martShape(session, 'memory')
  })
  expect([...found]).toEqual([
    ['a', { name: 'a', columns: [{ name: 'id', type: 'INTEGER' }], key: [], segments: [], scores: ['id'] }],
    [
      'b',
      {
        name: 'b',
        columns: [
          { name: 'z', type: 'INTEGER' },
          { name: 'a', type: 'VARCHAR' },
        ],
        key: ['z'],
        segments: ['a'],
        scores: [],
      },
    ],
  ])
})
