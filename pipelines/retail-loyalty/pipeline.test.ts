import { readFileSync } from 'node:fs'
import { describe, expect, it } from 'vitest'
import { expectSoundReport, readReport } from '../testing/read-report.ts'
import { expectRows, query, runPipeline, sillage } from '../testing/run-pipeline.ts'

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

  it('reports what its marts hold: each printed figure is what its SQL gives', async () => {
    const report = await readReport('retail-loyalty')
    expectSoundReport(report)
    expect(report.compared.cells).toBeGreaterThan(300)
    const { page } = report
    expect(page.lang).toBe('en')
    expect(page.sections.map(({ id }) => id).filter((id) => id !== 'migration')).toEqual([
      'summary',
      'segments',
      'rfm',
      'value',
      'cohorts',
      'model',
      'dashboard',
      'stages',
    ])
    const [rows, value] = page.tables.filter(({ caption }) => caption === '')
    expect(
      Object.fromEntries(rows!.columns.map(({ title }, place) => [title, rows!.rows[0]![place]])),
    ).toEqual({
      'Rows received': '9,994',
      Rejected: '0',
      Merged: '0',
      'Filtered out': '0',
      Kept: '9,994',
      'Published (after summing up)': '793',
      Gap: '0',
    })
    expect(value!.rows[0]!.slice(0, 3)).toEqual(['793', '$2,297,200.86', '48.1%'])
  })

  it('tries its model out on a year that it did not know, and shows what came beside what was expected', async () => {
    const came = await query(
      'retail-loyalty',
      `with days as (select distinct customer_id, ordered_on from order_lines),
       history as (
         select count(*) filter (where ordered_on <= date '2017-01-01') - 1 as before, count(*) filter (where ordered_on > date '2017-01-01') as since
         from days group by customer_id
       )
       select least(before, 7)::varchar || case when before >= 7 then '+' else '' end as repeats, count(*) as customers, round(sum(since) / count(*), 3) as mean
       from history where before >= 0 group by 1 order by 1`,
    )
    const { page } = await readReport('retail-loyalty')
    const table = page.tables.find(({ section }) => section === 'model')!
    expect(table.columns.map(({ title }) => title)).toEqual([
      'Repeat purchases before',
      'Customers',
      'Actual',
      'Expected',
    ])
    expect(
      table.rows.map(([repeats, customers, actual]) => [repeats, Number(customers), Number(actual)]),
    ).toEqual(came.map(({ repeats, customers, mean }) => [repeats, customers, mean]))
    const expected = table.rows.map((row) => Number(row[3]))
    expect(expected).toEqual([...expected].sort((a, b) => a - b))
    expect(page.charts.some((text) => text.startsWith('Bars side by side: mean purchases'))).toBe(true)
  })

  it('has the same figures in French and in Markdown, with a picture for each chart', async () => {
    const report = await readReport('retail-loyalty', '--locale', 'fr', '--to', 'out/retail-fr.html')
    expectSoundReport(report)
    expect(report.page.lang).toBe('fr')
    expect(report.page.text).toMatch(/2\s297\s200,86\s\$US/)
    expect(report.page.text).toContain('Au : 01/01/2018')
    const { report: written } = await sillage<{ readonly report: { readonly files: readonly string[] } }>([
      'report',
      'retail-loyalty',
      '--to',
      'out/retail.md',
    ])
    const [text, ...charts] = written.files
    expect(charts.length).toBe(report.page.charts.length)
    const markdown = readFileSync(text!, 'utf8')
    for (const chart of charts) {
      expect(markdown).toContain(chart.split('/out/')[1])
      expect(readFileSync(chart, 'utf8')).toMatch(/^<svg [^>]*xmlns="http:\/\/www\.w3\.org\/2000\/svg"/)
    }
    expect(markdown).toContain('| 793 | $2,297,200.86 | 48.1% |')
  })
})
