import { spawn } from 'node:child_process'
import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { Database } from '@sillage/duckdb'
import { sql } from '@sillage/sdk'
import type { Bench } from '../bench.ts'
import { commandLine } from '../command-line.ts'
import { treePeakMb } from './tree-peak.ts'

const ownRows = 50_000_000
const customers = 1_000_000
const barMb = 1000
const everyMs = 50

const pipeline = `pipeline: whole
as_of: 2026-01-01
stages:
  rows: { uses: collect/parquet, with: { path: rows.parquet } }
  tidy: { uses: clean/contacts, from: rows, with: { email: email } }
  worth: { uses: score/rfm, from: tidy, with: { customer: customer, at: at, amount: amount, recency: { bands: [30, 150], points: [2, 1, 0] }, frequency: { bands: [4, 8], points: [0, 1, 2] }, monetary: { bands: [1000, 4000], points: [0, 1, 2] } } }
marts:
  worth: { from: worth, key: [customer] }
`

/** The budget is one for all: DuckDB, batches under way, workers. Many minutes long, so it runs only where it is named. */
export const memory50m: Bench = {
  name: 'memory-50m',
  onRequest: true,
  title:
    'peak memory (VmHWM, summed over the process tree) of `sillage run --memory 1GB --threads 2`: 50M rows × 12 columns, Parquet → clean/contacts → score/rfm → mart',
  run: async ({ rows = ownRows, folder, say }) => {
    if (process.platform !== 'linux') {
      say('skipped: VmHWM is told by Linux alone')
      return []
    }
    await writeRows(join(folder, 'rows.parquet'), rows)
    writeFileSync(join(folder, 'pipeline.yaml'), pipeline)
    say('the rows are written')
    const { peakMb, seconds } = await runWhole(folder, rows)
    return [
      {
        what: 'peak',
        value: peakMb,
        unit: 'MB',
        bar: barMb,
        direction: 'at most',
        detail: `${(rows / 1e6).toLocaleString('en')}M rows in ${Math.round(seconds)} s`,
      },
    ]
  },
}

async function runWhole(
  folder: string,
  rows: number,
): Promise<{ readonly peakMb: number; readonly seconds: number }> {
  const args = [commandLine, 'run', 'pipeline.yaml', '--memory', '1GB', '--threads', '2', '--output', 'json']
  const began = performance.now()
  const child = spawn(process.execPath, args, { cwd: folder, stdio: ['ignore', 'pipe', 'inherit'] })
  let peakMb = 0
  const timer = setInterval(() => {
    peakMb = Math.max(peakMb, treePeakMb(child.pid!))
  }, everyMs)
  try {
    let output = ''
    for await (const part of child.stdout) output += String(part)
    const { run } = JSON.parse(output) as {
      readonly run: {
        readonly status: string
        readonly error?: unknown
        readonly steps: readonly { readonly stage: string; readonly rows_out: number }[]
      }
    }
    const out = (stage: string) => run.steps.find((step) => step.stage === stage)?.rows_out
    if (run.status !== 'succeeded' || out('tidy') !== rows || out('worth') !== Math.min(rows, customers))
      throw new Error(
        `${JSON.stringify(run.error)}: ${out('tidy')} of ${rows} rows, ${out('worth')} customers`,
      )
    return { peakMb, seconds: (performance.now() - began) / 1000 }
  } finally {
    clearInterval(timer)
  }
}

async function writeRows(path: string, rows: number): Promise<void> {
  await using database = await Database.open({ path: ':memory:', threads: 2 })
  using session = await database.session()
  await session.run('set global preserve_insertion_order = false')
  await session.run(`
    copy (
      select
        range as id,
        (range * 7919) % ${customers} as customer,
        'User' || (range * 7919) % ${customers} || '@Example.org' as email,
        'line ' || range % 1000 as label,
        (hash(range) % 100000 / 100)::decimal(12, 2) as amount,
        timestamp '2020-01-01' + to_seconds(range * 3) as at,
        ['red', 'blue', 'bronze', 'silver', 'gold'][1 + range % 5] as tier,
        (hash(range) % 90)::integer as age,
        (hash(range) % 1000) / 7.0 as ratio,
        range % 3 = 0 as loyal,
        date '2024-01-01' + (range % 700)::integer as day,
        'shop ' || range % 300 as shop
      from range(${rows})
    ) to ${sql.literal(path).text} (format parquet)
  `)
}
