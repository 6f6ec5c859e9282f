import { existsSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { onlineRetail } from './testing/online-retail.ts'
import { dataFolder, TestProject } from './testing/project.ts'

const data = dataFolder()
const hasData = existsSync(join(data, 'online-retail'))

interface RunJson {
  readonly run: {
    readonly status: string
    readonly mart: string
    readonly steps: readonly {
      readonly stage: string
      readonly action: string
      readonly rows_in: number | null
      readonly rows_out: number
      readonly rejected: number
      readonly merged: number
      readonly filtered: number
    }[]
    readonly checks: readonly { readonly stage: string; readonly status: string }[]
  }
}

describe.skipIf(!hasData)(hasData ? 'the fixed file' : 'the fixed file (skipped: no data)', () => {
  using project = new TestProject()

  it('gives the published figures, and reuses every step the second time', async () => {
    using project = new TestProject({ 'pipeline.yaml': onlineRetail(data) })
    const first = await project.run(['run', 'pipeline.yaml', '--output', 'json'])
    expect(first.exit, first.err + first.out).toBe(0)
    const { run } = first.json() as RunJson
    const step = (stage: string) => run.steps.find((one) => one.stage === stage)!
    expect(step('lines')).toMatchObject({ rows_in: 541_909, rows_out: 397_884, rejected: 144_025 })
    expect(step('rfm')).toMatchObject({ rows_in: 397_884, rows_out: 4_338 })
    expect(run.steps.map((one) => one.stage)).toEqual([
      'raw',
      'lines',
      'purchases',
      'rfm',
      'tiered',
      'customers',
      'call_list',
    ])
    for (const one of run.steps)
      if (one.rows_in !== null)
        expect(one.rows_in, one.stage).toBe(one.rows_out + one.rejected + one.merged + one.filtered)
    expect(run.checks.every((check) => check.status === 'pass')).toBe(true)

    const query = async (sql: string) =>
      (
        (await project.run(['query', 'online-retail', sql, '--output', 'json'])).json() as {
          readonly rows: readonly Record<string, unknown>[]
        }
      ).rows
    expect(await query('select rfm_points, count(*) as n from customers group by 1 order by 1')).toEqual(
      [4, 18, 693, 933, 1276, 1120, 294].map((n, rfm_points) => ({ rfm_points, n })),
    )
    expect(await query('select sum(monetary) as total, count(*) as n from customers')).toEqual([
      { total: '8911407.904', n: 4338 },
    ])
    expect(Object.keys((await query('select * from customers limit 1'))[0]!)).toEqual([
      'customer_id',
      'recency_days',
      'frequency',
      'monetary',
      'recency_points',
      'frequency_points',
      'monetary_points',
      'rfm_points',
      'tier',
      'segment',
    ])
    expect(await query(`select column_name, code, rows from sillage.rejects order by rows desc`)).toEqual([
      { column_name: 'customer_id', code: 'missing', rows: 135_080 },
      { column_name: 'quantity', code: 'below_min', rows: 10_624 },
      { column_name: 'unit_price', code: 'not_above', rows: 2_517 },
    ])
    expect(readFileSync(join(project.folder, 'out/call-list.csv'), 'utf8').split('\n')[0]).toBe(
      'customer_id,recency_days,frequency,monetary',
    )

    const version = readFileSync(run.mart)
    const again = (await project.run(['run', 'pipeline.yaml', '--output', 'json'])).json() as RunJson
    expect(new Set(again.run.steps.map((one) => one.action))).toEqual(new Set(['reuse']))
    expect(again.run.steps.map(({ action: _, ...counts }) => counts.rows_out)).toEqual(
      run.steps.map((one) => one.rows_out),
    )
    expect(readFileSync(run.mart).equals(version)).toBe(true)
    const plan = (await project.run(['plan', 'online-retail', '--output', 'json'])).json() as {
      readonly steps: readonly {
        readonly stage: string
        readonly action: string
        readonly fused_into: string | null
      }[]
    }
    expect(new Set(plan.steps.map((one) => one.action))).toEqual(new Set(['reuse']))
    expect(Object.fromEntries(plan.steps.map((one) => [one.stage, one.fused_into]))).toEqual({
      raw: 'lines',
      lines: null,
      purchases: 'rfm',
      rfm: null,
      tiered: 'customers',
      customers: null,
      call_list: null,
    })
  })

  it('shows refused rows with file, line, reasons and the raw row', async () => {
    project.write('pipeline.yaml', onlineRetail(data))
    await project.run(['run'])
    const { rows } = (
      await project.run(['show', 'reject.lines', '--limit', '1', '--where', 'line = 142', '--output', 'json'])
    ).json() as { readonly rows: readonly Record<string, unknown>[] }
    expect(rows).toEqual([
      {
        file: expect.stringMatching(/online_retail\.parquet$/),
        line: 142,
        raw: expect.stringContaining('"C536379"'),
        codes: ['quantity: below_min'],
        reasons: ['quantity is less than 1'],
        run: expect.stringMatching(/^\d{8}T/),
        at: expect.stringMatching(/^\d{4}-\d\d-\d\dT/),
      },
    ])
  })
})
