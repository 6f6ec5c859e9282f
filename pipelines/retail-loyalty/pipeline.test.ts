import { mkdirSync, readFileSync, writeFileSync } from 'node:fs'
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
    expect(header).toBe('customer_id,customer,state,recency_days,monetary')
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

  it('makes no forecast, since its data carry none: the plugin says so itself', async () => {
    const folder = new URL('../../out/forecast/', import.meta.url)
    mkdirSync(folder, { recursive: true })
    writeFileSync(
      new URL('pipeline.yaml', folder),
      `pipeline: forecast
as_of: 2018-01-01
stages:
  orders: { uses: collect/csv, with: { dataset: superstore } }
  lines:
    uses: clean/contract
    from: orders
    with:
      columns:
        ordered_on:  { from: Order Date, type: date, required: true }
        customer_id: { from: Customer ID, type: text, required: true }
        sales:       { from: Sales, type: "decimal(18,4)", above: 0 }
  worth: { uses: predict/lifetime, from: lines, with: { customer: customer_id, at: ordered_on, amount: sales, holdout_days: 365 } }
`,
    )
    const { run } = await sillage<{
      readonly run: { readonly warnings: readonly { readonly code: string }[] }
    }>(['run', 'out/forecast/pipeline.yaml', '--full-refresh'])
    expect(run.warnings.map(({ code }) => code)).toEqual(['fit_on_bound', 'not_better_than_mean'])
  })

  it('has the same figures in French and in Markdown, with a picture for each chart', async () => {
    const report = await readReport('retail-loyalty', '--locale', 'fr', '--to', 'out/retail-fr.html')
    expectSoundReport(report)
    expect(report.page.lang).toBe('fr')
    expect(report.page.text).toMatch(/2\s297\s200,86\s\$US/)
    expect(report.page.text).toMatch(/Au\s: 01\/01\/2018/)
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
