import { mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { onlineRetail } from '@sillage/cli/testing/online-retail'
import { Database, type Session } from '@sillage/duckdb'
import { martPath, runPaths } from '@sillage/ledger'
import type { Plan } from '@sillage/plan'
import { splitBudget } from '@sillage/workers'
import type { Bench } from '../bench.ts'
import { interleave, ratio } from '../interleave.ts'
import { planFile, runPlanned } from '../plan-file.ts'
import { writeLines } from './lines.ts'
import { handWritten } from './script.ts'

const ownRows = 10_000_000
const bar = 1.15

/** The fixed file through the real engine, against one script written by hand that leaves the same. */
export const chain: Bench = {
  name: 'chain',
  title: 'seven stages through the engine / one hand-written SQL script that leaves the same',
  run: async ({ rows = ownRows, rounds, folder, say }) => {
    const lines = join(folder, 'online-retail', 'online_retail.parquet')
    mkdirSync(join(folder, 'online-retail'))
    await writeLines({ path: lines, rows })
    writeFileSync(join(folder, 'pipeline.yaml'), onlineRetail(folder))
    const plan = await planFile(join(folder, 'pipeline.yaml'))
    const script = { folder: join(folder, 'script'), lines }
    say(`${rows.toLocaleString('en-US')} lines`)
    const taken = await interleave(
      {
        engine: { before: () => clear(folder, ['.sillage', 'marts', 'out']), work: () => runPlanned(plan) },
        script: {
          before: () => {
            clear(folder, ['script'])
            mkdirSync(script.folder)
          },
          work: () => runScript(script),
        },
      },
      rounds,
    )
    await compare(plan, script.folder)
    return (['wallMs', 'cpuMs'] as const).map((of) => ({
      what: of === 'wallMs' ? 'wall' : 'CPU',
      ...ratio(taken.engine, taken.script, of),
      unit: '×',
      bar,
      direction: 'at most',
    }))
  },
}

async function runScript({ folder, lines }: { readonly folder: string; readonly lines: string }) {
  const { duckdbBytes: memoryBytes, threads } = splitBudget({ workers: false })
  await using database = await Database.open({
    path: join(folder, 'work.duckdb'),
    memoryBytes,
    threads,
    tempFolder: join(folder, 'tmp'),
  })
  using session = await database.session()
  const statements = handWritten({
    lines,
    file: 'online-retail/online_retail.parquet',
    mart: join(folder, 'mart.duckdb'),
    list: join(folder, 'call-list.csv'),
  })
  for (const statement of statements) {
    const start = performance.now()
    await session.run(statement)
    if (process.env.BENCH_STEPS) console.error((performance.now() - start).toFixed(0), statement.slice(0, 40))
  }
}

/** Both must have left the same, or the ratio says nothing. */
async function compare(plan: Plan, script: string): Promise<void> {
  const paths = runPaths({ places: plan.places, pipeline: plan.pipeline })
  await same({
    engine: paths.database,
    script: join(script, 'work.duckdb'),
    relations: [
      'step.lines',
      'step.rfm',
      'step.customers',
      'clean.lines',
      'enrich.purchases',
      'score.rfm',
      'segment.tiered',
      'segment.customers',
      '(select file, line, raw, codes from reject.lines)',
    ],
  })
  await same({
    engine: martPath(paths.marts, plan.pipeline),
    script: join(script, 'mart.duckdb'),
    relations: ['main.customers'],
  })
  const lists = [join(plan.project, 'out', 'call-list.csv'), join(script, 'call-list.csv')]
  const [first, second] = lists.map((path) => readFileSync(path))
  if (!first!.equals(second!)) throw new Error('the delivered files differ')
}

async function same({
  engine,
  script,
  relations,
}: {
  readonly engine: string
  readonly script: string
  readonly relations: readonly string[]
}): Promise<void> {
  const [left, right] = [await digests(engine, relations), await digests(script, relations)]
  for (const [index, relation] of relations.entries())
    if (left[index] !== right[index])
      throw new Error(`${relation} differs: ${left[index]} from the engine, ${right[index]} from the script`)
}

/** Reserved columns of which the engine counts what it warns of: nobody writes them by hand. */
const told = `name not in ('_rewritten', '_later')`

/** Of each relation: its rows, and of each column the sum of the hashes of its values. */
async function digests(path: string, relations: readonly string[]): Promise<readonly string[]> {
  await using database = await Database.open({ path, readOnly: true })
  using session: Session = await database.session()
  const found: string[] = []
  for (const relation of relations)
    found.push(
      JSON.stringify(
        await session.row(
          `select count(*) as rows, count(distinct hash(t)) as kinds, sum(hash(columns(lambda name: ${told})) % 1000003) from ${relation} t`,
        ),
      ),
    )
  return found
}

function clear(folder: string, names: readonly string[]): void {
  for (const name of names) rmSync(join(folder, name), { recursive: true, force: true })
}
