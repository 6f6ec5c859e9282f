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
      'at not_a_time',
      'amount not_numeric',
      'recency.bands.1 bands_out_of_order',
      'recency.points points_do_not_fit_bands',
    ])
    expect((await codes({ quintiles: true, ...bands })).slice(2)).toEqual([
      'recency bands_and_quintiles',
      'frequency bands_and_quintiles',
      'monetary bands_and_quintiles',
    ])
    expect((await codes({ ...bands, frequency: { bands: [1] } })).slice(2)).toEqual(['frequency no_points'])
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
