import { describe, expect, it } from 'vitest'
import { budgetTables } from './budget-tables.ts'
import { campaignTables } from './campaign-tables.ts'
import { josxBudget, josxCampaign } from './josx.fixture.ts'

const table = (name: string) =>
  [...campaignTables(josxCampaign), ...budgetTables(josxBudget)].find((one) => one.name === name)!

describe('campaignTables', () => {
  it('tells the plan with its critical path, and each task with its days', () => {
    const { columns, rows } = table('plan')
    expect(Object.fromEntries(columns.map(({ name }, index) => [name, rows[0]![index]]))).toMatchObject({
      start: '2014-05-12',
      days: 82,
      end: '2014-09-08',
      launch: 'T16',
      launch_on: '2014-09-15',
      margin: 4,
    })
    expect(
      table('plan_tasks')
        .rows.find(([id]) => id === 'T8')!
        .slice(2, 5),
    ).toEqual([5, ['T5', 'T7'], null])
  })
})

describe('budgetTables', () => {
  it('has amounts to the cent, and as many values a row as columns', () => {
    expect(table('budget').rows).toEqual([['EUR', '100000.00']])
    expect(table('budget_details').rows.map(([, quantity, price]) => [quantity, price])).toEqual([
      [20, '25.00'],
      [20, '70.00'],
      [20, '200.00'],
    ])
    const [cents] = budgetTables({ lines: { a: { name: 'A', amount: '0.05' } } }).slice(1)
    expect(cents!.rows).toEqual([['a', 'A', '0.05']])
    for (const { columns, rows } of [...campaignTables(josxCampaign), ...budgetTables(josxBudget)])
      for (const row of rows) expect(row).toHaveLength(columns.length)
  })
})
