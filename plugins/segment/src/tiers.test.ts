import { compiled, compileSql, expectSql, openBench } from '@sillage/testkit'
import { describe, expect, it } from 'vitest'
import plugin from './tiers.ts'

const messages = (tiers: readonly object[]) =>
  (
    plugin.check?.({
      config: { value: 'v', into: 'tier', tiers } as never,
      columns: [{ name: 'v', type: 'DOUBLE' }],
      inputs: {},
      asOf: '2014-05-23',
    }) ?? []
  ).map(({ message }) => message)

describe('segment/tiers', () => {
  it('asks for tiers from the lowest, also where the highest is written first', async () => {
    await using bench = await openBench()
    await bench.load('people', { columns: { id: 'integer', v: 'double' }, rows: [] })
    const tiers = [
      { name: 'gold', from: 100 },
      { name: 'mid', from: 50, below: 100 },
      { name: 'low', below: 50 },
    ]
    const config = { value: 'v', into: 'tier', tiers } as never
    const step = await compileSql(bench, plugin, { config, tables: { input: 'people' } })
    await expectSql(
      compiled(bench, step, [
        { name: 'id', type: 'INTEGER' },
        { name: 'v', type: 'DOUBLE' },
        { name: 'tier', type: 'VARCHAR' },
      ]),
    ).toBeSql(`
      select "id", "v",
        case when "v" is null then null when "v" < 50 then 'low' when "v" < 100 then 'mid' else 'gold' end as "tier"
      from "people"
    `)
  })

  it('refuses the tiers >500, >200–<500, 100–200, 50–<100, <50, naming what falls between', () => {
    expect(
      messages([
        { name: 'gold', from: 500.01 },
        { name: 'silver', from: 200.01, below: 500 },
        { name: 'bronze', from: 100, below: 200.01 },
        { name: 'blue', from: 50, below: 100 },
        { name: 'red', below: 50 },
      ]),
    ).toEqual(['values from 500 to less than 500.01 fall in no tier'])
  })

  it('refuses the ages −15, 15–35, 35–45, +65: a hole and an overlap', () => {
    expect(
      messages([
        { name: 'child', below: 15 },
        { name: 'young', from: 15, below: 36 },
        { name: 'adult', from: 35, below: 45 },
        { name: 'senior', from: 65 },
      ]),
    ).toEqual([
      'values from 35 to less than 36 fall in both "young" and "adult"',
      'values from 45 to less than 65 fall in no tier',
    ])
  })

  it('refuses headcounts 1–9, 10–99, which leave out 0 and 100', () => {
    expect(
      messages([
        { name: 'small', from: 1, below: 10 },
        { name: 'middle', from: 10, below: 100 },
      ]),
    ).toEqual(['values below 1 fall in no tier', 'values from 100 up fall in no tier'])
  })

  it('refuses empty tiers, tiers in no order, repeated names and text', async () => {
    expect(
      messages([
        { name: 'a', below: 5 },
        { name: 'b', from: 7, below: 7 },
      ]),
    ).toEqual(['no value is from 7 to less than 7: "b" is empty'])
    expect(
      messages([
        { name: 'b', from: 1, below: 2 },
        { name: 'c', from: 2 },
        { name: 'a', below: 1 },
      ]),
    ).toEqual(['the tiers stand in no order of value'])
    expect(
      messages([
        { name: 'a', below: 5 },
        { name: 'a', from: 5 },
      ]),
    ).toEqual(['two tiers are called "a"'])
  })

  it('takes the highest tier first as well, names rows without a value, replaces a column of the same name', async () => {
    await using bench = await openBench()
    await bench.load('people', {
      columns: { tier: 'integer', v: 'double' },
      rows: [
        [1, 5],
        [2, 10],
        [3, null],
      ],
    })
    const config = {
      value: 'v',
      into: 'tier',
      tiers: [
        { name: 'high', from: 10 },
        { name: 'low', below: 10 },
      ],
      otherwise: 'unknown',
    }
    const { select } = await compileSql(bench, plugin, { config, tables: { input: 'people' } })
    expect(await bench.rows(select)).toEqual([
      { v: 5, tier: 'low' },
      { v: 10, tier: 'high' },
      { v: null, tier: 'unknown' },
    ])
  })
})
