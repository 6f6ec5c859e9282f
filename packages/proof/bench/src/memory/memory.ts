import { spawn } from 'node:child_process'
import { mkdirSync, rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { Database } from '@sillage/duckdb'
import { sql } from '@sillage/sdk'
import type { Bench } from '../bench.ts'
import { commandLine } from '../command-line.ts'
import { median } from '../interleave.ts'
import { identityPipeline, identityPlugin } from './project.ts'
import { treePeakMb } from './tree-peak.ts'

const ownRows = 10_000_000
const barMb = 450
const everyMs = 10

/** What the operating system saw of a whole run of the command line: heaps, Arrow, DuckDB and its overshoot. */
export const memory: Bench = {
  name: 'memory',
  title:
    'peak memory (VmHWM) of `sillage run --memory 1GB --threads 2` with 5 columns through a batch step that changes nothing',
  run: async ({ rows = ownRows, rounds, folder, say }) => {
    if (process.platform !== 'linux') {
      say('skipped: VmHWM is told by Linux alone')
      return []
    }
    mkdirSync(join(folder, 'plugins'))
    writeFileSync(join(folder, 'sillage.yaml'), 'plugins: [./plugins/identity.ts]\n')
    writeFileSync(join(folder, 'plugins', 'identity.ts'), identityPlugin)
    writeFileSync(join(folder, 'pipeline.yaml'), identityPipeline)
    await writeRows(join(folder, 'rows.parquet'), rows)
    const peaks: number[] = []
    for (let round = 0; round < Math.min(rounds, 3); round += 1) {
      rmSync(join(folder, '.sillage'), { recursive: true, force: true })
      peaks.push(await peakOfRun(folder, rows))
      say(`${peaks.at(-1)!.toFixed(0)} MB`)
    }
    return [
      {
        what: 'peak',
        value: Math.max(...peaks),
        unit: 'MB',
        bar: barMb,
        direction: 'at most',
        detail: `worst of ${peaks.length} runs; median ${median(peaks).toFixed(0)} MB`,
      },
    ]
  },
}

/** Runs the pipeline and proves that all rows came through. Gives the peak in MB (10^6 bytes). */
async function peakOfRun(folder: string, rows: number): Promise<number> {
  const args = [commandLine, 'run', 'pipeline.yaml', '--memory', '1GB', '--threads', '2', '--output', 'json']
  const child = spawn(process.execPath, args, { cwd: folder, stdio: ['ignore', 'pipe', 'inherit'] })
  let peak = 0
  const timer = setInterval(() => {
    peak = Math.max(peak, treePeakMb(child.pid!))
  }, everyMs)
  try {
    let output = ''
    for await (const part of child.stdout) output += String(part)
    const { run } = JSON.parse(output) as {
      readonly run: { readonly steps: readonly { readonly stage: string; readonly rows_out: number }[] }
    }
    const out = run.steps.find((step) => step.stage === 'same')?.rows_out
    if (out !== rows) throw new Error(`${out} of ${rows} rows came through`)
    return peak
  } finally {
    clearInterval(timer)
  }
}

async function writeRows(path: string, rows: number): Promise<void> {
  await using database = await Database.open({ path: ':memory:', threads: 2 })
  using session = await database.session()
  await session.run(`
    copy (
      select
        range as id,
        'customer ' || (range % 1000000) as name,
        hash(range) % 100000 / 100 as amount,
        timestamp '2020-01-01' + to_seconds(range) as at,
        ['red', 'blue', 'bronze', 'silver', 'gold'][1 + range % 5] as tier
      from range(${rows})
    ) to ${sql.literal(path).text} (format parquet)
  `)
}
