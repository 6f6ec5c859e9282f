import { sql } from '@sillage/sdk'
import { compileSql, openBench } from '@sillage/testkit'
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import plugin from './dedupe.ts'

const columns = { id: 'integer', a: 'varchar', b: 'varchar', n: 'integer' }
type Row = readonly [id: number, a: string | null, b: string | null, n: number | null]

const dedupe = async (rows: readonly Row[], config: object) => {
  await using bench = await openBench()
  await bench.load('people', { columns, rows })
  const step = await compileSql(bench, plugin, { config: config as never, tables: { input: 'people' } })
  expect(step.problems).toEqual([])
  await bench.run(`create table made as ${step.select}`)
  const told = Object.fromEntries(
    await Promise.all(
      step.warnings!.map(async ({ code, count }) => {
        const [row] = await bench.rows(`select ${count.text} as n from made`)
        return [code, Number(row!.n)] as const
      }),
    ),
  )
  const merged = step.outputs!(sql`made`).merged!
  return {
    rows: await bench.rows('select * exclude (_size, _aside) from made order by id'),
    told,
    merged: await bench.rows(`select * from (${merged}) order by 1`),
  }
}

/** Clusters by union-find, as lists of ids. */
function oracle(rows: readonly Row[]): readonly (readonly number[])[] {
  const parent = rows.map((_, index) => index)
  const find = (index: number): number => (parent[index] === index ? index : find(parent[index]!))
  for (const column of [1, 2] as const) {
    const first = new Map<string, number>()
    for (const [index, row] of rows.entries()) {
      const value = row[column]
      if (!value) continue
      const known = first.get(value)
      if (known === undefined) first.set(value, index)
      else parent[find(index)] = find(known)
    }
  }
  const clusters = new Map<number, number[]>()
  for (const [index, [id]] of rows.entries())
    clusters.set(find(index), [...(clusters.get(find(index)) ?? []), id])
  return [...clusters.values()]
}

describe('clean/dedupe', () => {
  it('merges the chains that union-find gives (any rows)', async () => {
    const value = fc.oneof(fc.constant(null), fc.integer({ min: 0, max: 12 }).map(String))
    await fc.assert(
      fc.asyncProperty(fc.array(fc.tuple(value, value), { minLength: 1, maxLength: 30 }), async (pairs) => {
        const rows = pairs.map(([a, b], index): Row => [index, a, b, null])
        const made = await dedupe(rows, {
          keys: [['a'], ['b']],
          max_group: 1000,
          order: [{ by: 'id' }],
          id: 'id',
        })
        const clusters = oracle(rows)
        expect(made.rows.map(({ id, merged }) => [id, ...(merged as number[])])).toEqual(clusters)
        expect(made.merged).toEqual(
          clusters
            .flatMap(([survivor, ...dropped]) => dropped.map((id) => ({ merged_id: id, kept_id: survivor })))
            .sort((x, y) => x.merged_id - y.merged_id),
        )
      }),
      { numRuns: 25 },
    )
  })

  it('wants all columns of a key', async () => {
    const rows: readonly Row[] = [
      [1, 'x', 'y', null],
      [2, 'x', null, null],
      [3, 'x', 'y', null],
      [4, 'x', 'z', null],
    ]
    const { rows: made } = await dedupe(rows, { keys: [['a', 'b']], id: 'id' })
    expect(made.map(({ id, merged }) => [id, merged])).toEqual([
      [1, [3]],
      [2, []],
      [4, []],
    ])
  })

  it('keeps the first row of the order asked, and fills its gaps only where it is told to', async () => {
    const rows: readonly Row[] = [
      [1, 'x', 'old', 1],
      [2, 'x', null, 3],
      [3, 'x', 'newer', 2],
      [4, 'x', 'none', null],
    ]
    const config = { keys: [['a']], order: [{ by: 'n', descending: true }], id: 'id' }
    expect((await dedupe(rows, config)).rows).toEqual([{ id: 2, a: 'x', b: null, n: 3, merged: [3, 1, 4] }])
    expect((await dedupe(rows, { ...config, fill: true })).rows).toEqual([
      { id: 2, a: 'x', b: 'newer', n: 3, merged: [3, 1, 4] },
    ])
  })

  const placeholders: readonly Row[] = [
    ...[0, 1, 2, 3, 4, 5].map((id): Row => [id, `p${id}@example.org`, '+33123456789', null]),
    ...[10, 11, 12, 13, 14, 15].map((id): Row => [id, 'noemail@example.org', `+3310203041${id}`, null]),
  ]
  const config = { keys: [['a'], ['b']], order: [{ by: 'id' }], id: 'id' }

  it('makes no one person of those who share a placeholder, and tells it', async () => {
    for (const limit of [{}, { max_group: 4 }]) {
      const { rows, merged, told } = await dedupe(placeholders, { ...config, ...limit })
      expect([rows.length, merged]).toEqual([12, []])
      expect(told).toEqual({ largest_group: 0, keys_set_aside: 12 })
    }
    const { rows, told } = await dedupe(placeholders, { ...config, max_group: 6 })
    expect([rows.length, told]).toEqual([2, { largest_group: 6, keys_set_aside: 0 }])
  })

  it('still makes one of a person who came often, and of rows that share a placeholder and a key', async () => {
    const often = Array.from({ length: 20 }, (_, id): Row => [id, 'zoe@a.example', '+33639980001', null])
    expect((await dedupe(often, config)).rows).toHaveLength(1)
    const both = [...placeholders, [20, 'p0@example.org', '+33123456789', null] as Row]
    const { merged, told } = await dedupe(both, config)
    expect(merged).toEqual([{ merged_id: 20, kept_id: 0 }])
    expect(told).toEqual({ largest_group: 2, keys_set_aside: 13 })
  })

  it('has no limit for one set unless it is said', async () => {
    const rows = Array.from({ length: 30 }, (_, id): Row => [id, 'x', null, id])
    const one = { keys: [['a']], order: [{ by: 'id' }], id: 'id' }
    const made = await dedupe(rows, one)
    expect([made.rows.length, made.told]).toEqual([1, { largest_group: 30 }])
    const limited = await dedupe(rows, { ...one, max_group: 29 })
    expect([limited.rows.length, limited.told]).toEqual([30, { largest_group: 0, keys_set_aside: 30 }])
    const filling = await dedupe(rows, { ...one, max_group: 30, fill: true })
    expect([filling.rows.length, filling.told]).toEqual([1, { largest_group: 30, keys_set_aside: 0 }])
  })

  it('merges texts that look alike', async () => {
    const rows: readonly Row[] = [
      [1, 'Orléans', null, null],
      [2, 'Orle\u0301ans', null, null],
      [3, 'Orléans\u200b', null, null],
      [4, 'orléans', null, null],
    ]
    for (const keys of [[['a']], [['a'], ['b']]])
      expect(
        (await dedupe(rows, { keys, order: [{ by: 'id' }], id: 'id' })).rows.map(({ id }) => id),
      ).toEqual([1, 4])
  })
})
