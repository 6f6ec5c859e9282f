import { expect, it } from 'vitest'
import { withSession } from '../testing/with-session.ts'
import { joinByPosition, joinModel, placesKept, withoutModel } from './join-by-position.ts'

const column = (name: string, type = 'INTEGER') => ({ name, type })
const columns = [column('a'), column('b'), column('c')]
const makes = [column('b'), column('c'), column('_reject')]
const rows = (statement: string) =>
  withSession(async (session) => {
    await session.run(
      `create table i as select * from (values (1, 2, 'f', 1), (3, 4, 'f', 2)) t(a, b, _file, _line)`,
    )
    await session.run(`create table m as select * from (values (20, 200, 0), (40, 400, 1)) t(b, c, _reject)`)
    return await session.rows(statement)
  })

it('what was made stands beside what came in, row by row, in the order of the step', async () => {
  const join = (places?: 'of all' | 'of refused') =>
    joinByPosition({ input: 'i', columns, makes, made: 'm', ...(places ? { places } : {}) })
  expect(await rows(join())).toEqual([
    { a: 1, b: 20, c: 200, _reject: 0 },
    { a: 3, b: 40, c: 400, _reject: 1 },
  ])
  expect((await rows(join('of all'))).map(({ _file, _line }) => [_file, _line])).toEqual([
    ['f', 1],
    ['f', 2],
  ])
  expect((await rows(join('of refused'))).map(({ _file, _line }) => [_file, _line])).toEqual([
    [null, null],
    ['f', 2],
  ])
})

it('places are kept of all rows, of refused ones, or of none', () => {
  const kept = (provenance: boolean, carries: boolean, rejects: number) =>
    placesKept({ provenance, carries, rejects: Array(rejects).fill({}) } as never)
  expect([kept(false, true, 1), kept(true, true, 1), kept(true, false, 1), kept(true, false, 0)]).toEqual([
    'none',
    'of all',
    'of refused',
    'of all',
  ])
})

it('where a model says nothing there are nulls, of its types', async () => {
  const double = column('c', 'DOUBLE')
  const step = { columns: [column('a'), column('b'), double], makes: [column('b'), double] }
  const join = (nulls: readonly string[]) => joinModel(step, { input: 'i', made: 'm', nulls: new Set(nulls) })
  expect(await rows(join([]))).toEqual([
    { a: 1, b: 20, c: 200 },
    { a: 3, b: 40, c: 400 },
  ])
  expect(await rows(join(['c']))).toEqual([
    { a: 1, b: 20, c: null },
    { a: 3, b: 40, c: null },
  ])
  expect(await rows(`select a, b, c, typeof(c) as t from (${withoutModel(step, 'i')})`)).toEqual([
    { a: 1, b: null, c: null, t: 'DOUBLE' },
    { a: 3, b: null, c: null, t: 'DOUBLE' },
  ])
})
