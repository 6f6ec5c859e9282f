import { compileSql, judge, openBench } from '@sillage/testkit'
import { describe, expect, it } from 'vitest'
import plugin from './rfm.ts'

const bands = {
  recency: { bands: [30, 150], points: [2, 1, 0] },
  frequency: { bands: [2, 11], points: [0, 1, 2] },
  monetary: { bands: [20, 50], points: [0, 1, 2] },
}

const figures = async (
  rows: readonly (readonly unknown[])[],
  config: object,
  select = 'customer, recency_days, frequency, monetary, _rows',
) => {
  await using bench = await openBench()
  await bench.load('lines', {
    columns: { customer: 'varchar', at: 'timestamp', amount: 'decimal(18,2)', invoice: 'varchar' },
    rows,
  })
  const full = { customer: 'customer', at: 'at', amount: 'amount', ...config }
  const step = await compileSql(bench, plugin, { config: full as never, tables: { input: 'lines' } })
  expect(step.problems).toEqual([])
  return await bench.rows(`select ${select} from (${step.select}) order by customer`)
}

describe('score/rfm', () => {
  it('counts every line, and makes figures of those that are dated up to as_of and have a customer', async () => {
    const rows = [
      ['a', '2014-05-23 23:59:59', 10, '1'],
      ['a', '2014-05-24 00:00:00', 99, '2'],
      ['b', '2014-06-01 00:00:00', 5, '3'],
      ['c', null, 5, '4'],
      ['d', '2014-05-01', null, '5'],
      [null, '2014-05-01', 5, '6'],
    ]
    const some = await figures(rows, { transaction: 'invoice', ...bands })
    expect(some).toEqual([
      { customer: 'a', recency_days: 0, frequency: 1, monetary: '10.00', _rows: 2 },
      { customer: 'b', recency_days: null, frequency: null, monetary: null, _rows: 1 },
      { customer: 'c', recency_days: null, frequency: null, monetary: null, _rows: 1 },
      { customer: 'd', recency_days: 22, frequency: 1, monetary: null, _rows: 1 },
      { customer: null, recency_days: null, frequency: null, monetary: null, _rows: 1 },
    ])
  })

  it('takes the mean of a purchase, or the whole last purchase', async () => {
    const rows = [
      ['a', '2014-05-01', 10, '1'],
      ['a', '2014-05-01', 20, '1'],
      ['a', '2014-04-01', 60, '0'],
      ['b', '2014-05-01', 5, '8'],
      ['b', '2014-05-01', 7, '9'],
      [null, '2014-05-01', 7, '9'],
    ]
    const mean = await figures(rows, {
      transaction: 'invoice',
      ...bands,
      monetary: { ...bands.monetary, amount: 'mean' },
    })
    expect(mean.map(({ monetary }) => monetary)).toEqual([45, 6, null])
    const last = await figures(rows, {
      transaction: 'invoice',
      ...bands,
      monetary: { ...bands.monetary, amount: 'last' },
    })
    expect(last).toMatchObject([
      { frequency: 2, monetary: '30.00', _rows: 3 },
      { frequency: 2, monetary: '7.00', _rows: 2 },
      { frequency: null, monetary: null, _rows: 1 },
    ])
    const line = await figures(rows, { ...bands, monetary: { ...bands.monetary, amount: 'last' } })
    expect(line).toMatchObject([{ frequency: 3, monetary: '20.00' }, { frequency: 2, monetary: '7.00' }, {}])
  })

  it('counts whole calendar months', async () => {
    const rows = [
      ['a', '2013-12-23', 1, '1'],
      ['b', '2013-12-24', 1, '1'],
    ]
    const config = { ...bands, recency: { bands: [5], points: [1, 0], unit: 'months' } }
    expect(await figures(rows, config, 'recency_months, recency_days, recency_points')).toEqual([
      { recency_months: 5, recency_days: 151, recency_points: 0 },
      { recency_months: 4, recency_days: 150, recency_points: 1 },
    ])
  })

  it('cuts fifths of equal size, the best with 5, and leaves customers without figures out', async () => {
    const rows = Array.from({ length: 11 }, (_, index) => [
      String.fromCharCode(97 + index),
      '2014-05-01',
      index < 10 ? 5 : 1,
      '1',
    ])
    const later = ['z', '2014-06-01', 5, '1']
    const points = await figures([...rows, later], { quintiles: true }, 'monetary_points')
    expect(points.map(({ monetary_points }) => monetary_points)).toEqual([
      1,
      1,
      2,
      2,
      3,
      3,
      4,
      4,
      5,
      5,
      1,
      null,
    ])
  })

  it('takes lines below zero for returns: no purchase, and their amount goes off', async () => {
    const rows = [
      ['a', '2013-09-01', 60, 'O1'],
      ['a', '2014-05-22', -60, 'R1'],
      ['b', '2013-09-01', 60, 'O2'],
      ['c', '2014-05-22', -5, 'R2'],
      ['d', '2014-05-01', 30, 'O3'],
      ['d', '2014-05-01', -10, 'O3'],
      ['d', '2014-05-20', 0, 'O4'],
      ['e', '2014-06-01', -5, 'R3'],
    ]
    const some = await figures(rows, { transaction: 'invoice', ...bands })
    expect(some).toEqual([
      { customer: 'a', recency_days: 264, frequency: 1, monetary: '0.00', _rows: 2 },
      { customer: 'b', recency_days: 264, frequency: 1, monetary: '60.00', _rows: 1 },
      { customer: 'c', recency_days: null, frequency: 0, monetary: '-5.00', _rows: 1 },
      { customer: 'd', recency_days: 3, frequency: 2, monetary: '20.00', _rows: 3 },
      { customer: 'e', recency_days: null, frequency: null, monetary: null, _rows: 1 },
    ])
    const monetary = async (amount: string, transaction?: string) =>
      (
        await figures(rows, {
          ...(transaction === undefined ? {} : { transaction }),
          ...bands,
          monetary: { ...bands.monetary, amount },
        })
      ).map((row) => [row.frequency, row.monetary, row._rows])
    expect(await monetary('mean', 'invoice')).toEqual([
      [1, 0, 2],
      [1, 60, 1],
      [0, null, 1],
      [2, 10, 3],
      [null, null, 1],
    ])
    expect(await monetary('last', 'invoice')).toEqual([
      [1, '60.00', 2],
      [1, '60.00', 1],
      [0, null, 1],
      [2, '0.00', 3],
      [null, null, 1],
    ])
    expect(await monetary('last')).toEqual([
      [1, '60.00', 2],
      [1, '60.00', 1],
      [0, null, 1],
      [2, '0.00', 3],
      [null, null, 1],
    ])
  })

  it('gives no points by fifths to who only brought back, or has no amount, and no place that another would lose', async () => {
    const rows = [
      ...['a', 'b', 'c', 'd', 'e'].map((name, index) => [name, `2014-05-0${index + 1}`, 10 + index, '1']),
      ['r', '2014-05-22', -5, '2'],
      ['n', '2014-05-09', null, '3'],
    ]
    const select = 'customer, recency_points, monetary_points, rfm_points'
    const points = await figures(rows, { quintiles: true }, select)
    expect(points.map((row) => Object.values(row))).toEqual([
      ['a', 1, 1, 3],
      ['b', 1, 2, 4],
      ['c', 2, 3, 7],
      ['d', 3, 4, 10],
      ['e', 4, 5, 13],
      ['n', 5, null, null],
      ['r', null, null, null],
    ])
  })

  it('with ties: same, equal figures have equal points, worse ones never more, and without ties nothing changes', async () => {
    const same = { quintiles: true, ties: 'same' }
    const alike = Array.from({ length: 10 }, (_, index) => [`c0${index}`, '2014-01-10', 20, `${index}`])
    const points = await figures(alike, same, 'rfm_points')
    expect(points.map(({ rfm_points }) => rfm_points)).toEqual(Array.from({ length: 10 }, () => 3))
    const split = await figures(alike, { quintiles: true }, 'rfm_points')
    expect(split.map(({ rfm_points }) => rfm_points)).toEqual([3, 3, 6, 6, 9, 9, 12, 12, 15, 15])

    const all = 'recency_days, recency_points, frequency, frequency_points, monetary, monetary_points'
    const many = Array.from({ length: 400 }, (_, index) => [
      `c${(index * 7919) % 91}`,
      `2014-0${1 + ((index * 31) % 5)}-1${(index * 17) % 4}`,
      (((index * 13) % 8) - 1) * 5,
      'x',
    ])
    const drawn = await figures(many, same, all)
    for (const [figure, point, sign] of [
      ['recency_days', 'recency_points', -1],
      ['frequency', 'frequency_points', 1],
      ['monetary', 'monetary_points', 1],
    ] as const) {
      const known = drawn.filter((row) => row[point] !== null)
      expect(known.length).toBeGreaterThan(50)
      for (const one of known)
        for (const other of known) {
          const [a, b] = [sign * Number(one[figure]), sign * Number(other[figure])]
          if (a === b) expect(one[point]).toBe(other[point])
          else if (a < b) expect(Number(one[point])).toBeLessThanOrEqual(Number(other[point]))
        }
    }
    const apart = Array.from({ length: 13 }, (_, index) => [
      `c${(index * 7) % 13}`,
      `2014-05-${10 + index}`,
      index,
      'x',
    ])
    const order = 'customer, recency_points, monetary_points'
    expect(await figures(apart, same, order)).toEqual(await figures(apart, { quintiles: true }, order))
  })

  it('warns of lines after as_of, those without a customer among them', async () => {
    await using bench = await openBench()
    await bench.load('lines', {
      columns: { customer: 'varchar', at: 'timestamp', amount: 'decimal(18,2)', invoice: 'varchar' },
      rows: [
        ['a', '2014-05-23 23:59:59', 10, '1'],
        ['a', '2014-05-24 00:00:00', 99, '2'],
        [null, '2014-06-01 00:00:00', 5, '3'],
        ['c', null, 5, '4'],
      ],
    })
    const base = { customer: 'customer', at: 'at', amount: 'amount', transaction: 'invoice', ...bands }
    for (const config of [base, { ...base, monetary: { ...bands.monetary, amount: 'last' } }]) {
      const step = await compileSql(bench, plugin, { config: config as never, tables: { input: 'lines' } })
      const [warning] = step.warnings ?? []
      expect(warning).toMatchObject({ code: 'after_as_of', message: expect.stringContaining('2014-05-23') })
      expect(await bench.rows(`select ${warning!.count.text} as n from (${step.select})`)).toEqual([{ n: 2 }])
    }
  })

  it('refuses bands in disorder, points that do not fit, no points at all, both kinds, text for time and amount', async () => {
    await using bench = await openBench()
    await bench.load('lines', {
      columns: { customer: 'varchar', at: 'varchar', amount: 'varchar' },
      rows: [],
    })
    const codes = async (config: object) => {
      const full = { customer: 'customer', at: 'at', amount: 'amount', ...config }
      const { problems } = await compileSql(bench, plugin, {
        config: full as never,
        tables: { input: 'lines' },
      })
      return problems.map(({ code, path }) => `${path.join('.')} ${code}`)
    }
    expect(await codes({ ...bands, recency: { bands: [5, 5], points: [1, 2] } })).toEqual([
      'recency.bands.1 bands_out_of_order',
      'recency.points points_do_not_fit_bands',
    ])
    expect(await codes({ quintiles: true, ...bands })).toEqual([
      'recency bands_and_quintiles',
      'frequency bands_and_quintiles',
      'monetary bands_and_quintiles',
    ])
    expect(await codes({ ...bands, frequency: { bands: [1] } })).toEqual(['frequency no_points'])
  })

  it('lets no line vanish', async () => {
    await using bench = await openBench()
    await bench.run(
      "create table lines as select case when range % 7 = 0 then null else range % 50 end as customer, date '2014-05-20' + (range % 9)::integer as at, random() as amount from range(5000)",
    )
    const config = { customer: 'customer', at: 'at', amount: 'amount', quintiles: true }
    const step = await compileSql(bench, plugin, { config, tables: { input: 'lines' } })
    const { all } = await judge(bench, step)
    expect(all.reduce((sum, row) => sum + Number(row._rows), 0)).toBe(5000)
  })
})
