import { readFileSync } from 'node:fs'
import { describe, expect, it } from 'vitest'
import { expectRows, query, runPipeline } from '../testing/run-pipeline.ts'

describe('retail-loyalty', () => {
  it('accounts for every line of the shop and gives each customer one segment', async () => {
    const run = await runPipeline('retail-loyalty')
    expect(run.status, JSON.stringify(run.error)).toBe('succeeded')
    expect(run.checks.every((check) => check.status === 'pass')).toBe(true)
    expect(
      await query(
        'retail-loyalty',
        'select count(*) as lines, count(distinct customer_id) as customers, count(distinct order_id) as orders, round(sum(sales), 2) as sales from order_lines',
      ),
    ).toEqual([{ lines: 9994, customers: 793, orders: 5009, sales: '2297200.86' }])
    const oracle = `
      with line as (select customer_id, order_id, ordered_on, sales from order_lines),
      c as (select customer_id, date '2018-01-01' - max(ordered_on) as days, count(distinct order_id) as orders, sum(sales) as total from line group by 1)
      select count(*) as differing from c join customers using (customer_id) where days <> recency_days or orders <> frequency or total <> monetary`
    expect(await query('retail-loyalty', oracle)).toEqual([{ differing: 0 }])
    expectRows(
      await query(
        'retail-loyalty',
        'select segment, treatment, tier, count(*) as customers, sum(monetary) as sales from customers group by all order by all',
      ),
      import.meta.url,
      'segments.csv',
    )
  })

  it('calls those who leave, dearest first', async () => {
    const [leaving] = await query(
      'retail-loyalty',
      "select count(*) as n from customers where segment = 'leaving'",
    )
    const [header, ...lines] = readFileSync(
      new URL('../../out/retail-loyalty/call-list.csv', import.meta.url),
      'utf8',
    )
      .trimEnd()
      .split('\n')
    expect(header).toBe('customer_id,customer,state,recency_days,monetary,lifetime_value')
    expect(lines.length).toBe(leaving!.n)
    const values = lines.map((line) => Number(line.split(',').at(-1)))
    expect(values).toEqual([...values].sort((a, b) => b - a))
  })
})
