import { spawn } from 'node:child_process'
import { mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { loadavg } from 'node:os'
import { join } from 'node:path'
import { Database } from '@sillage/duckdb'
import { sql } from '@sillage/sdk'
import type { Bench } from '../bench.ts'
import { commandLine } from '../command-line.ts'
import { treePeakMb } from '../memory/tree-peak.ts'
import { byHand } from './by-hand.ts'
import { cpuSeconds } from './cpu-seconds.ts'

const ownRows = 10_000_000
const everyMs = 20
/** By SQL alone only a part of the edges is looked at: all of them take many minutes. */
const tenth = 10

const pipeline = `pipeline: graph
stages:
  edges: { uses: collect/parquet, with: { path: edges.parquet } }
  components: { uses: enrich/components, from: edges, with: { from: a, to: b } }
`

interface Run {
  readonly seconds: number
  readonly cpu: number
  readonly peakMb: number
  /** Seconds of each stage. */
  readonly stages: Readonly<Record<string, number>>
}

/** What a program costs where SQL alone goes on for minutes: the whole command line, from a file to the rows. */
export const components: Bench = {
  name: 'components',
  title:
    '`sillage run --memory 1400MB --threads 2`: connected components of 10M edges between 4M texts, Parquet → program → rows and their sizes',
  run: async ({ rows = ownRows, rounds, folder, say }) => {
    if (process.platform !== 'linux') {
      say('skipped: peaks and CPU are told by Linux alone')
      return []
    }
    mkdirSync(join(folder, 'plugins'))
    writeFileSync(join(folder, 'sillage.yaml'), 'plugins: [./plugins/components.ts]\n')
    writeFileSync(join(folder, 'plugins', 'components.ts'), readFileSync(plugin))
    writeFileSync(join(folder, 'pipeline.yaml'), pipeline)
    const edges = join(folder, 'edges.parquet')
    await writeEdges(edges, rows)
    const runs: Run[] = []
    for (let round = 0; round < Math.min(rounds, 3); round += 1) {
      runs.push(await runOnce(folder))
      const { seconds, cpu, peakMb, stages } = runs.at(-1)!
      const parts = Object.entries(stages).map(([stage, taken]) => `${stage} ${taken.toFixed(1)} s`)
      const load = loadavg()[0]!.toFixed(1)
      say(
        `${seconds.toFixed(1)} s, ${cpu.toFixed(1)} s of CPU, ${peakMb.toFixed(0)} MB (${parts.join(', ')}; load ${load})`,
      )
    }
    const few = join(folder, 'few.parquet')
    await writeEdges(few, rows / tenth)
    const hand = await byHand(few, folder)
    say(`a tenth of it by SQL alone: ${hand.seconds.toFixed(1)} s of wall, ${hand.rounds} rounds`)
    const best = runs.reduce((a, b) => (b.seconds < a.seconds ? b : a))
    return [
      {
        what: 'wall',
        value: best.seconds * 1000,
        unit: 'ms',
        bar: 12_000,
        direction: 'at most',
        detail: `best of ${runs.length}; ${best.cpu.toFixed(1)} s of CPU; a tenth by SQL alone ${hand.seconds.toFixed(1)} s`,
      },
      {
        what: 'peak',
        value: Math.max(...runs.map(({ peakMb }) => peakMb)),
        unit: 'MB',
        bar: 1500,
        direction: 'at most',
        detail: `worst of ${runs.length} runs`,
      },
    ]
  },
}

/** The test kit's own plugin, as a plugin of the project. */
const plugin = new URL('../../../testkit/src/components.ts', import.meta.url)

async function runOnce(folder: string): Promise<Run> {
  rmSync(join(folder, '.sillage', 'graph'), { recursive: true, force: true })
  const args = [
    commandLine,
    'run',
    'pipeline.yaml',
    '--memory',
    '1400MB',
    '--threads',
    '2',
    '--output',
    'json',
  ]
  const began = performance.now()
  const child = spawn(process.execPath, args, { cwd: folder, stdio: ['ignore', 'pipe', 'inherit'] })
  let peakMb = 0
  let cpu = 0
  const timer = setInterval(() => {
    peakMb = Math.max(peakMb, treePeakMb(child.pid!))
    cpu = Math.max(cpu, cpuSeconds(child.pid!))
  }, everyMs)
  try {
    let output = ''
    for await (const part of child.stdout) output += String(part)
    const seconds = (performance.now() - began) / 1000
    const { run } = JSON.parse(output) as {
      readonly run: {
        readonly status: string
        readonly error?: unknown
        readonly steps: readonly { readonly stage: string; readonly seconds: number }[]
      }
    }
    if (run.status !== 'succeeded') throw new Error(JSON.stringify(run.error))
    const stages = Object.fromEntries(run.steps.map((step) => [step.stage, step.seconds]))
    await assertWhole(folder)
    return { seconds, cpu, peakMb, stages }
  } finally {
    clearInterval(timer)
  }
}

/** No edge leaves its component, and the sizes add up. */
async function assertWhole(folder: string): Promise<void> {
  await using database = await Database.open({
    path: join(folder, '.sillage', 'graph', 'work.duckdb'),
    readOnly: true,
  })
  using session = await database.session()
  const found = await session.row<Readonly<Record<'torn' | 'nodes' | 'sizes', number>>>(`
    select
      (select count(*) from collect.edges join enrich.components a on a.node = edges.a
        join enrich.components b on b.node = edges.b where a.component <> b.component) as torn,
      (select count(*) from enrich.components) as nodes,
      (select sum(nodes)::bigint from enrich."components.sizes") as sizes
  `)
  if (found.torn > 0 || found.nodes !== found.sizes)
    throw new Error(`the graph is torn: ${JSON.stringify(found)}`)
}

/** A random graph: most texts are in one component, the others in small ones. */
async function writeEdges(path: string, rows: number): Promise<void> {
  await using database = await Database.open({ path: ':memory:', threads: 2 })
  using session = await database.session()
  const texts = Math.ceil(rows * 0.4)
  const text = (seed: number): string =>
    `'customer-' || lpad((hash(range + ${seed}) % ${texts})::varchar, 9, '0')`
  await session.run(
    `copy (select ${text(0)} as a, ${text(1_000_000_007)} as b from range(${rows})) to ${sql.literal(path).text} (format parquet)`,
  )
}
