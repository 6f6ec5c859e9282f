import { describe, expect, it } from 'vitest'
import { makeReport } from '../make-report.ts'
import type { Block } from '../report.ts'
import { withSmallMart } from '../testing/small-mart.ts'

type Table = Extract<Block, { readonly kind: 'table' }>

const many = <T>(count: number, row: (place: number) => T): T[] =>
  Array.from({ length: count }, (_, place) => row(place))

const people = {
  columns: [
    { name: 'id', type: 'INTEGER', key: true },
    { name: 'side', type: 'VARCHAR', meaning: 'side' },
    { name: 'trade', type: 'VARCHAR', meaning: 'activity' },
    { name: 'green', type: 'BOOLEAN', meaning: 'trait' },
    { name: 'share', type: 'DECIMAL(5,1)', meaning: 'trait' },
    { name: 'fairs', type: 'VARCHAR[]', meaning: 'trait' },
    { name: 'met_on', type: 'DATE', meaning: 'trait' },
    { name: 'wants', type: 'VARCHAR', meaning: 'interest' },
    { name: 'why', type: 'VARCHAR', meaning: 'interest_reason' },
  ],
  rows: [
    ...many(6, (id) => [id, 'client', 'inn', true, 10 + id, '[a]', '2014-05-02', 'yes', null]),
    ...many(8, (id) => [10 + id, 'client', 'farm', false, 0, '[]', null, 'no', id < 6 ? 'price' : 'room']),
    ...many(9, (id) => [20 + id, 'prospect', 'inn', null, null, null, null, null, null]),
  ],
}

const events = {
  columns: [
    { name: 'who', type: 'INTEGER', meaning: 'customer' },
    { name: 'day', type: 'DATE', meaning: 'event_at' },
    { name: 'what', type: 'VARCHAR', meaning: 'event_kind' },
    { name: 'side', type: 'VARCHAR', meaning: 'side' },
    { name: 'trade', type: 'VARCHAR', meaning: 'activity' },
    { name: 'wants', type: 'VARCHAR', meaning: 'interest' },
  ],
  rows: [
    ...many(6, (who) => [who, '2014-05-02', 'call', 'client', 'inn', who < 5 ? 'yes' : null]),
    ...many(6, (who) => [who, '2014-05-09', 'call', 'client', 'inn', null]),
    ...many(8, (who) => [10 + who, '2014-05-09', 'letter', 'client', 'farm', null]),
    ...many(9, (who) => [20 + who, '2014-07-31', 'letter', 'prospect', 'inn', null]),
    ...many(7, (who) => [20 + who, '2014-05-31', 'letter', 'prospect', 'inn', null]),
    ...many(9, (who) => [20 + who, '2013-07-31', 'letter', 'prospect', 'inn', null]),
  ],
}

const purchases = {
  columns: [
    { name: 'customer', type: 'INTEGER', meaning: 'customer' },
    { name: 'day', type: 'DATE', meaning: 'purchase_at' },
    { name: 'paid', type: 'DECIMAL(9,2)', meaning: 'purchase_amount' },
    { name: 'trade', type: 'VARCHAR', meaning: 'activity' },
    { name: 'product', type: 'VARCHAR', meaning: 'product' },
    { name: 'size', type: 'VARCHAR', meaning: 'offer' },
  ],
  rows: [
    ...many(6, (id) => [id, '2014-07-02', 100, 'inn', 'cellar', id < 5 ? 'L' : null]),
    ...many(7, (id) => [10 + id, '2014-07-02', 50, 'farm', 'cellar', 'M']),
    ...many(8, (id) => [10 + id, '2012-07-02', 7, 'farm', 'shelf', null]),
    ...many(2, (id) => [30 + id, '2014-07-02', 1, 'club', 'shelf', null]),
  ],
}

async function dashboard(
  tables: Parameters<typeof withSmallMart>[0],
  minGroup = 5,
): Promise<ReadonlyMap<string, Table>> {
  return await withSmallMart(tables, async (session) => {
    const report = await makeReport({
      session,
      locale: 'en',
      choices: { main: 'people', min_group: minGroup, sections: [{ section: 'dashboard' }] },
    })
    const tables = report.sections.flatMap(({ blocks }) => blocks).filter((one) => one.kind === 'table')
    return new Map(tables.map((table) => [table.caption, table]))
  })
}

describe('the dashboard', () => {
  it('counts people once a month, by side and activity, of the last twelve months only', async () => {
    const tables = await dashboard({ people, events })
    const client = tables.get('What happened, month by month: client')!
    expect(client.columns.map(({ title }) => title)).toEqual(['Month', 'trade', 'letter', 'call'])
    expect(client.rows).toEqual([
      ['2014-05', 'farm', 8, 0],
      ['2014-05', 'inn', 0, 6],
    ])
    expect(tables.get('Interest as it was said, month by month: client')!.rows).toEqual([
      ['2014-05', 'inn', 5],
    ])
    expect(tables.has('Interest as it was said, month by month: prospect')).toBe(false)
    expect(tables.get('What happened, month by month: prospect')!.rows).toEqual([
      ['2014-05', 'inn', 7, 0],
      ['2014-07', 'inn', 9, 0],
    ])
  })

  it('tells for how many each trait holds, and the mean of a number', async () => {
    const tables = await dashboard({ people })
    expect(tables.get('Who they are and what they did: client')!.rows).toEqual([
      ['green', 6, null, 6, 0],
      ['share', 6, 12.5, 6, 0],
      ['fairs', 6, null, 6, 0],
      ['met_on', 6, null, 6, 0],
    ])
    expect(tables.get('Who they are and what they did: prospect')!.rows.map(([, count]) => count)).toEqual([
      0, 0, 0, 0,
    ])
  })

  it('says who is interested and why not, with reasons of few people hidden', async () => {
    const tables = await dashboard({ people })
    expect(tables.get('Interested or not, and why: client')!.rows).toEqual([
      ['no', 'price', { withheld: true }, 0, { withheld: true }],
      ['no', 'room', { below: 5 }, 0, { below: 5 }],
      ['yes', null, 6, 6, 0],
    ])
    expect(tables.has('Interested or not, and why: prospect')).toBe(false)
  })

  it('tells rate, cost and sales of each action, a purchase under the last one before it, and no cost that is known in part', async () => {
    const actions = {
      columns: [
        { name: 'who', type: 'INTEGER', meaning: 'customer' },
        { name: 'day', type: 'DATE', meaning: 'event_at' },
        { name: 'what', type: 'VARCHAR', meaning: 'event_kind' },
        { name: 'campaign', type: 'VARCHAR', meaning: 'event_campaign' },
        { name: 'yes', type: 'BOOLEAN', meaning: 'event_answered' },
        { name: 'cost', type: 'DECIMAL(9,2)', meaning: 'event_cost' },
      ],
      rows: [
        ...many(20, (who) => [who, '2014-01-01', 'letter', 'spring', who < 8, 0.5]),
        ...many(10, (who) => [who, '2014-02-01', 'call', 'spring', who < 6, 4]),
        ...many(10, (who) => [20 + who, '2014-02-01', 'call', 'autumn', who < 2, who === 0 ? null : 4]),
        ...many(9, (who) => [who, '2014-02-02', 'answer', 'spring', null, null]),
      ],
    }
    const bought = {
      columns: [
        { name: 'customer', type: 'INTEGER', meaning: 'customer' },
        { name: 'day', type: 'DATE', meaning: 'purchase_at' },
        { name: 'paid', type: 'DECIMAL(9,2)', meaning: 'purchase_amount' },
      ],
      rows: [
        ...many(8, (who) => [who, '2014-02-01', 100]), // the day of the call: the call's, not the letter's
        ...many(6, (who) => [10 + who, '2014-04-01', 10]), // day 90 of the letter
        ...many(3, (who) => [16 + who, '2014-04-02', 999]), // day 91
        [0, '2014-03-01', -50], // comes off
        [1, '2013-12-31', 999], // before
        ...many(2, (who) => [20 + who, '2014-02-03', 7]), // too few to be told
      ],
    }
    const told = async (minGroup: number): Promise<Table> =>
      (await dashboard({ people, events: actions, purchases: bought }, minGroup)).get(
        'What each action reached, cost and brought',
      )!
    const { columns, rows } = await told(1)
    expect(columns.map(({ column }) => column)).toEqual([
      'campaign',
      'kind',
      'people',
      'answers',
      'rate',
      'cost',
      'cost_per_answer',
      'buyers',
      'sales',
      'sales_per_cost',
    ])
    expect(rows).toEqual([
      ['autumn', 'call', 10, 2, 0.2, null, null, 2, '14.00', null],
      ['spring', 'call', 10, 6, 0.6, '40.00', 6.67, 8, '750.00', 18.8],
      ['spring', 'letter', 20, 8, 0.4, '10.00', 1.25, 6, '60.00', 6],
    ])
    const few = { below: 5 }
    const [autumn] = (await told(5)).rows
    expect(autumn).toEqual(['autumn', 'call', 10, few, few, null, few, few, few, few])
  })

  it('ends with the sales of each activity and of all; sizes and products stand before', async () => {
    const tables = await dashboard({ people, purchases })
    expect([...tables.keys()].slice(-3)).toEqual([
      'Sales by product in the last twelve months',
      'What was bought: size by activity',
      'Sales by activity, all time',
    ])
    expect(tables.get('What was bought: size by activity')!.rows).toEqual([
      ['L', 5, 5, '500.00', null, '500.00', null],
      ['M', 7, 7, '350.00', '350.00', null, null],
    ])
    expect(tables.get('Sales by activity, all time')!.rows).toEqual([
      ['inn', { withheld: true }, { withheld: true }, { withheld: true }],
      ['farm', 15, 8, '406.00'],
      ['club', { below: 5 }, { below: 5 }, { below: 5 }],
      ['Total', 23, 16, '1008.00'],
    ])
  })
})
