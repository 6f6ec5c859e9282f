import { compileSql, openBench } from '@sillage/testkit'
import { describe, expect, it } from 'vitest'
import plugin from './join.ts'

const joined = async (
  left: readonly (string | null)[],
  right: readonly (readonly [string, string])[],
  more: object = {},
) => {
  await using bench = await openBench()
  await bench.load('people', { columns: { shop: 'varchar' }, rows: left.map((shop) => [shop]) })
  await bench.load('shops', { columns: { shop: 'varchar', code: 'varchar' }, rows: right })
  const config = { on: ['shop'], columns: ['code'], ...more } as never
  const { select } = await compileSql(bench, plugin, { config, tables: { left: 'people', right: 'shops' } })
  return (await bench.rows(select)).map(({ code }) => code)
}

describe('enrich/join', () => {
  it('joins texts that look alike', async () => {
    const left = [
      'Orléans',
      'Orle\u0301ans',
      'Orléans\u200b',
      '\u00a0Orléans',
      'Saint\u202fMalo',
      'orléans',
      null,
    ]
    const right = [
      ['Orléans', 'O1'],
      ['Saint\u00a0Malo', 'S1'],
    ] as const
    expect(await joined(left, right)).toEqual(['O1', 'O1', 'O1', 'O1', 'S1', null, null])
    expect(await joined(left, right, { many: true, unmatched: 'drop' })).toEqual([
      'O1',
      'O1',
      'O1',
      'O1',
      'S1',
    ])
  })

  it('stops where two keys of the right side look alike', async () => {
    await expect(
      joined(
        ['Orléans'],
        [
          ['Orléans', 'O1'],
          ['Orle\u0301ans', 'O2'],
        ],
      ),
    ).rejects.toThrow('several rows for one key')
  })
})
