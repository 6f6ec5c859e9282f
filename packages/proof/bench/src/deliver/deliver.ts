import { type ChildProcess, fork } from 'node:child_process'
import { once } from 'node:events'
import { rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { Database } from '@sillage/duckdb'
import { duckdbEngine } from '@sillage/duckdb/engine'
import { runPlan } from '@sillage/run'
import { sql } from '@sillage/sdk'
import type { Bench, Figure } from '../bench.ts'
import { interleave, median, ratio, type Taken } from '../interleave.ts'
import { planFile, runPlanned } from '../plan-file.ts'
import { peakRatio } from './peak-ratio.ts'
import { batch, pipelineText, sentColumns, writePeople } from './people.ts'
import { yearOfState } from './year-of-state.ts'

const ownRows = 1_000_000

/** What knowing each row costs: against a loop that sends and remembers nothing, and against the least that finds out that nothing changed. */
export const deliver: Bench = {
  name: 'deliver',
  title: `delivery of rows in messages of ${batch} to a receiver on this machine: a run / a hand-written loop (same query, same JSON, same posts) · no change: a run / the statement that hashes the payload and anti-joins it with a Parquet file of the keys · 1 % changed · memory at 1M / at 100k rows · state after 365 days of 1 % change`,
  run: async ({ rows = ownRows, rounds, folder, say }) => {
    const receiver = fork(fileURLToPath(new URL('./receiver.js', import.meta.url)))
    try {
      const [port] = (await once(receiver, 'message')) as [number]
      const url = `http://127.0.0.1:${port}/people`
      const facts = { rows, rounds, folder, url }
      return [
        ...(await sending(facts)),
        ...(await peakRatio({ rows, folder: join(folder, 'peak'), url, say })),
        ...(await yearOfState({ rows, folder: join(folder, 'year') })),
      ]
    } finally {
      await ended(receiver)
    }
  },
}

async function ended(child: ChildProcess): Promise<void> {
  const gone = once(child, 'exit')
  child.disconnect()
  await gone
}

interface Facts {
  readonly rows: number
  readonly rounds: number
  readonly folder: string
  readonly url: string
}

async function sending({ rows, rounds, folder, url }: Facts): Promise<readonly Figure[]> {
  const path = join(folder, 'people.parquet')
  const file = join(folder, 'pipeline.yaml')
  writeFileSync(file, pipelineText(url))
  await writePeople({ path, rows })
  const clear = (): void => {
    for (const name of ['.sillage', 'marts', 'state'])
      rmSync(join(folder, name), { recursive: true, force: true })
  }
  const run = async (): Promise<void> => runPlanned(await planFile(file))
  const first = await interleave(
    { run: { before: clear, work: run }, loop: { work: () => handWritten(path, url) } },
    Math.min(rounds, 5),
  )
  const keys = join(folder, 'keys.parquet')
  await writeKeys(path, keys)
  const same = await interleave(
    { run: { work: run }, statement: { work: () => antiJoin(path, keys) } },
    rounds,
  )
  let changed = 0
  const share = { changed: [] as number[], same: [] as number[] }
  for (let round = 0; round <= rounds; round += 1) {
    changed = changed === 0 ? Math.round(rows / 100) : 0
    await writePeople({ path, rows, changed })
    const [some, none] = [await deliveryMs(file), await deliveryMs(file)]
    if (round === 0) continue
    share.changed.push(some)
    share.same.push(none)
  }
  return [
    ...figures('first send', { ...first, above: first.run, below: first.loop, bar: 1.5 }),
    ...figures('no change', { above: same.run, below: same.statement, bar: 3 }),
    onePercent(share, first.run),
  ]
}

/** How long the delivery of a run took, without the steps before it: they read a file that is new. */
async function deliveryMs(file: string): Promise<number> {
  const plan = await planFile(file)
  let started = 0
  let taken = 0
  const { run } = await runPlan({
    engine: duckdbEngine,
    plan,
    command: 'bench',
    secret: () => '',
    now: () => new Date(),
    onEvent: (event) => {
      if (event.kind === 'step_started' && event.stage === 'crm') started = performance.now()
      if (event.kind === 'step_finished' && event.step.stage === 'crm') taken = performance.now() - started
    },
    signal: new AbortController().signal,
  })
  if (run.status !== 'succeeded') throw new Error(`the engine failed: ${JSON.stringify(run.error)}`)
  return taken
}

function figures(
  what: string,
  {
    above,
    below,
    bar,
  }: { readonly above: readonly Taken[]; readonly below: readonly Taken[]; readonly bar: number },
): readonly Figure[] {
  return (['wallMs', 'cpuMs'] as const).map((of) => ({
    what: of === 'wallMs' ? what : `${what}, CPU`,
    ...ratio(above, below, of),
    unit: '×',
    bar,
    direction: 'at most',
  }))
}

/** What the rows that changed cost beyond a run without change, as a share of the first sending. */
function onePercent(
  { changed, same }: { readonly changed: readonly number[]; readonly same: readonly number[] },
  first: readonly Taken[],
): Figure {
  const more = median(changed.map((ms, round) => ms - same[round]!))
  const whole = median(first.map((one) => one.wallMs))
  return {
    what: '1 % changed, beyond no change / first send',
    value: more / whole,
    unit: '×',
    bar: 0.02,
    direction: 'at most',
    detail: `${more.toFixed(0)} ms / ${(whole / 1000).toFixed(2)} s`,
  }
}

const columns = sql.join(sentColumns.map((name) => sql.id(name)))

/** What somebody would write by hand. */
async function handWritten(path: string, url: string): Promise<void> {
  await using database = await Database.open({ path: ':memory:', threads: 2 })
  using session = await database.session()
  const rows = await session.rows(sql`select ${columns} from read_parquet(${path}) order by ${columns}`.text)
  for (let start = 0; start < rows.length; start += batch) {
    const data = { pipeline: 'deliver', stage: 'crm', as_of: null, rows: rows.slice(start, start + batch) }
    const response = await fetch(url, {
      method: 'POST',
      headers: { 'content-type': 'application/json', 'webhook-id': String(start) },
      body: JSON.stringify({ type: 'rows', timestamp: new Date().toISOString(), data }),
    })
    await response.body?.cancel()
    if (!response.ok) throw new Error(`the receiver answered ${response.status}`)
  }
}

/** Key and hash of each row of the payload, as plainly as SQL has them. */
function hashed(path: string) {
  return sql`select id::varchar as key, sha256(concat_ws(chr(31), ${columns})) as content from (select ${columns} from read_parquet(${path}) order by ${columns})`
}

async function writeKeys(path: string, keys: string): Promise<void> {
  await using database = await Database.open({ path: ':memory:', threads: 2 })
  using session = await database.session()
  await session.run(sql`copy (${hashed(path)}) to ${keys} (format parquet)`.text)
}

async function antiJoin(path: string, keys: string): Promise<void> {
  await using database = await Database.open({ path: ':memory:', threads: 2 })
  using session = await database.session()
  const { n } = await session.row<{ n: number }>(
    sql`select count(*) as n from (${hashed(path)}) payload anti join read_parquet(${keys}) known using (key, content)`
      .text,
  )
  if (n !== 0) throw new Error(`${n} rows differ`)
}
