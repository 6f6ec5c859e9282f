import { spawnSync } from 'node:child_process'
import { mkdirSync, rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { onlineRetail } from '@sillage/cli/testing/online-retail'
import { Session } from '@sillage/duckdb'
import type { Bench, Figure } from './bench.ts'
import { writeLines } from './chain/lines.ts'
import { commandLine } from './command-line.ts'
import { interleave, median, ratio } from './interleave.ts'
import { planFile, runPlanned } from './plan-file.ts'

const ownRows = 10_000_000
const parts = 100
const fewRows = 100_000
const leastRounds = 11

/** What remembering costs, and what it saves. */
export const incremental: Bench = {
  name: 'incremental',
  title:
    'ledger: the chain / the chain without the time of its ledger and fingerprints · no change: `sillage run` / `sillage validate` · one file more: collect and clean of 1 % more rows / of all rows',
  run: async ({ rows = ownRows, rounds, folder }) => [
    await ledgerShare({ rows, rounds, folder: join(folder, 'ledger') }),
    await noChange({ rounds, folder: join(folder, 'no-change') }),
    await oneFileMore({ rows, rounds, folder: join(folder, 'one-more') }),
  ],
}

interface Facts {
  readonly rounds: number
  readonly folder: string
}

async function ledgerShare({ rows, rounds, folder }: Facts & { readonly rows: number }): Promise<Figure> {
  mkdirSync(join(folder, 'online-retail'), { recursive: true })
  await writeLines({ path: join(folder, 'online-retail', 'online_retail.parquet'), rows })
  writeFileSync(join(folder, 'pipeline.yaml'), onlineRetail(folder))
  const ratios: number[] = []
  const spent: number[] = []
  for (let round = 0; round <= rounds; round += 1) {
    clear(folder)
    using ledger = new LedgerClock()
    const start = performance.now()
    const plan = await planFile(join(folder, 'pipeline.yaml'))
    const planned = performance.now() - start
    await runPlanned(plan)
    const total = performance.now() - start
    if (round === 0) continue
    spent.push(ledger.ms + planned)
    ratios.push(total / (total - ledger.ms - planned))
  }
  return {
    what: 'ledger',
    value: median(ratios),
    unit: '×',
    bar: 1.05,
    direction: 'at most',
    detail: `${median(spent).toFixed(0)} ms of planning and ledger in a run`,
  }
}

/** Times the statements that touch the ledger. */
class LedgerClock implements Disposable {
  ms = 0
  readonly #own = { run: Session.prototype.run, table: Session.prototype.table }

  constructor() {
    const { run, table } = this.#own
    const timed = async <T>(statement: string, work: () => Promise<T>): Promise<T> => {
      const start = performance.now()
      const result = await work()
      if (/\bsillage"?\./.test(statement)) this.ms += performance.now() - start
      return result
    }
    Session.prototype.run = function (this: Session, statement) {
      return timed(statement, () => run.call(this, statement))
    }
    Session.prototype.table = function (this: Session, statement) {
      return timed(statement, () => table.call(this, statement))
    }
  }

  [Symbol.dispose](): void {
    Object.assign(Session.prototype, this.#own)
  }
}

async function noChange({ rounds, folder }: Facts): Promise<Figure> {
  mkdirSync(join(folder, 'online-retail'), { recursive: true })
  await writeLines({ path: join(folder, 'online-retail', 'online_retail.parquet'), rows: fewRows })
  writeFileSync(join(folder, 'pipeline.yaml'), onlineRetail(folder))
  const start = (command: string) => {
    const { status, stderr } = spawnSync(process.execPath, [commandLine, command, 'pipeline.yaml'], {
      cwd: folder,
      encoding: 'utf8',
    })
    if (status !== 0) throw new Error(`sillage ${command} ended with ${status}: ${stderr}`)
  }
  start('run')
  const taken = await interleave(
    { run: { work: async () => start('run') }, validate: { work: async () => start('validate') } },
    Math.max(rounds, leastRounds),
  )
  return {
    what: 'no change',
    ...ratio(taken.run, taken.validate, 'wallMs'),
    unit: '×',
    bar: 3,
    direction: 'at most',
  }
}

async function oneFileMore({ rows, rounds, folder }: Facts & { readonly rows: number }): Promise<Figure> {
  const file = (part: number): string => join(folder, 'lines', `${String(part).padStart(3, '0')}.parquet`)
  mkdirSync(join(folder, 'lines'), { recursive: true })
  for (let part = 0; part < parts; part += 1)
    await writeLines({ path: file(part), rows: Math.ceil(rows / parts) })
  const pipeline = onlineRetail(folder)
    .replace(/path: .*parquet/, 'path: "lines/*.parquet"')
    .replace(/\n {2}purchases:[\s\S]*$/, '\n')
  writeFileSync(join(folder, 'pipeline.yaml'), pipeline)
  const work = async (): Promise<void> => runPlanned(await planFile(join(folder, 'pipeline.yaml')))
  const before = (): void => {
    clear(folder)
    rmSync(file(parts), { force: true })
  }
  const taken = await interleave(
    {
      all: { before, work },
      more: {
        before: async () => {
          before()
          await work()
          await writeLines({ path: file(parts), rows: Math.ceil(rows / parts) })
        },
        work,
      },
    },
    rounds,
  )
  return {
    what: 'one file more',
    ...ratio(taken.more, taken.all, 'wallMs'),
    unit: '×',
    bar: 0.15,
    direction: 'at most',
  }
}

function clear(folder: string): void {
  for (const name of ['.sillage', 'marts', 'out', 'state'])
    rmSync(join(folder, name), { recursive: true, force: true })
}
