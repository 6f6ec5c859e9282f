import { readdirSync, statSync } from 'node:fs'
import { join } from 'node:path'
import { type RunSummary, readLines, summarise } from '@sillage/journal'
import { RunTotals } from './run-totals.ts'

interface Known {
  readonly bytes: number
  readonly mtimeMs: number
  readonly run: RunSummary | undefined
}

/** A folder that changed this long ago, before it was listed, is listed anew only when it changes. */
const settledMs = 1000

/** The journals of a pipeline. One with its end is read once and not looked at again: nothing is written behind it. */
export class JournalFolder {
  readonly #path: string
  readonly #known = new Map<string, Known>()
  #names: readonly string[] = []
  #listedMs = Number.NEGATIVE_INFINITY
  #changedMs = Number.NaN
  #totals = new RunTotals()
  readonly #counted = new Set<string>()

  constructor(path: string) {
    this.#path = path
  }

  /** All runs, newest first. */
  runs(): readonly RunSummary[] {
    return this.#list().flatMap((name) => this.#read(name) ?? [])
  }

  /** One run, by its name. */
  run(run: string): RunSummary | undefined {
    return this.#read(`${run}.jsonl`)
  }

  /** What the runs that ended add up to, also where their journals were removed since, and those that did not end. */
  counted(): { readonly ended: RunTotals; readonly open: readonly RunSummary[] } {
    const names = this.#list()
    const open: RunSummary[] = []
    for (const name of names) {
      if (this.#counted.has(name)) continue
      const run = this.#read(name)
      if (!run) continue
      if (run.finished === undefined) open.push(run)
      else {
        this.#totals.add(run)
        this.#counted.add(name)
      }
    }
    return { ended: this.#totals, open }
  }

  /** True of a run that ended and is among the totals. */
  isCounted(run: string): boolean {
    return this.#counted.has(`${run}.jsonl`)
  }

  #list(): readonly string[] {
    const changedMs = statSync(this.#path, { throwIfNoEntry: false })?.mtimeMs ?? Number.NaN
    if (changedMs === this.#changedMs && this.#listedMs - changedMs > settledMs) return this.#names
    this.#listedMs = Date.now()
    this.#changedMs = changedMs
    this.#names = namesIn(this.#path)
    const there = new Set(this.#names)
    for (const name of this.#known.keys()) if (!there.has(name)) this.#known.delete(name)
    return this.#names
  }

  #read(name: string): RunSummary | undefined {
    const known = this.#known.get(name)
    if (known?.run?.finished !== undefined) return known.run
    const path = join(this.#path, name)
    const stat = statSync(path, { throwIfNoEntry: false })
    if (!stat) {
      this.#known.delete(name)
      return undefined
    }
    if (known && known.bytes === stat.size && known.mtimeMs === stat.mtimeMs) return known.run
    const run = summaryOf(path, name)
    this.#known.set(name, { bytes: stat.size, mtimeMs: stat.mtimeMs, run })
    return run
  }
}

/** Undefined also where the journal went meanwhile, is none, or is damaged: one of them keeps nobody from the others. */
function summaryOf(path: string, name: string): RunSummary | undefined {
  try {
    const run = summarise(readLines(path))
    return run && isWhole(run, name) ? run : undefined
  } catch {
    return undefined
  }
}

/** True where the first line says all that a first line says, of the run that the file is named after. */
function isWhole({ run, pipeline, started, pid, command, stages }: RunSummary, name: string): boolean {
  return (
    `${run}.jsonl` === name &&
    [pipeline, started, command].every((one) => typeof one === 'string') &&
    Number.isInteger(pid) &&
    Array.isArray(stages)
  )
}

function namesIn(folder: string): readonly string[] {
  try {
    return readdirSync(folder)
      .filter((name) => name.endsWith('.jsonl'))
      .sort()
      .reverse()
  } catch {
    return []
  }
}
