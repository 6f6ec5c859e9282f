import { type ChildProcess, fork } from 'node:child_process'
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { caseOf, type FuzzCase } from './case.ts'
import { makeSeeds } from './seeds.ts'
import { flawOf, type Outcome } from './verdict.ts'

export interface FuzzOptions {
  readonly count: number
  readonly seed: number
  /** The number of the first case. */
  readonly first?: number
  readonly processes: number
  readonly limitMs: number
  readonly onFlaw: (flaw: Flaw) => void
  readonly onProgress: (done: number) => void
}

export interface Flaw {
  readonly index: number
  readonly case: FuzzCase
  readonly what: string
  readonly outcome: Outcome | undefined
}

export interface FuzzCounts {
  readonly cases: number
  readonly flaws: number
  /** Cases that ran through, in spite of what was done to them. */
  readonly succeeded: number
}

/** Runs mutated projects in processes that may die of them, each case within a limit of time. */
export async function fuzz(options: FuzzOptions): Promise<FuzzCounts> {
  const { count, seed, first = 0, processes, limitMs, onFlaw, onProgress } = options
  const seeds = await makeSeeds()
  const folder = mkdtempSync(join(tmpdir(), 'sillage-fuzz-'))
  let next = first
  let done = 0
  let flaws = 0
  let succeeded = 0
  const work = async (number: number): Promise<void> => {
    const home = join(folder, String(number))
    let victim = new Victim(home)
    try {
      while (next < first + count) {
        const index = next
        next += 1
        const one = caseOf(seed, index, seeds)
        const result = await victim.run(one, limitMs)
        if (typeof result === 'string') {
          victim.end()
          victim = new Victim(home)
        }
        const what = typeof result === 'string' ? result : flawOf(result, one)
        if (what === undefined) succeeded += Number((result as Outcome).exit === 0)
        else {
          flaws += 1
          onFlaw({ index, case: one, what, outcome: typeof result === 'string' ? undefined : result })
        }
        done += 1
        if (done % 500 === 0) onProgress(done)
      }
    } finally {
      victim.end()
    }
  }
  try {
    await Promise.all(Array.from({ length: processes }, (_, number) => work(number)))
  } finally {
    rmSync(folder, { recursive: true, force: true })
  }
  return { cases: done, flaws, succeeded }
}

type Reply = { readonly outcome: Outcome } | { readonly thrown: string } | { readonly ready: true }

/** A process that runs cases, one at a time. */
export class Victim {
  readonly #child: ChildProcess
  readonly #ready: Promise<unknown>

  constructor(home: string) {
    const file = fileURLToPath(new URL('../../dist/fuzz/victim.js', import.meta.url))
    this.#child = fork(file, [home], {
      serialization: 'advanced',
      stdio: ['ignore', 'ignore', 'pipe', 'ipc'],
    })
    this.#ready = new Promise((done) => this.#child.once('message', done))
  }

  /** How the case ended, or in words what became of the process. */
  async run({ files }: FuzzCase, limitMs: number): Promise<Outcome | string> {
    await this.#ready
    const child = this.#child
    let err = ''
    child.stderr!.on('data', (part: Buffer) => {
      err += part.toString()
    })
    return await new Promise((done) => {
      const onMessage = (reply: Reply): void => {
        if ('outcome' in reply) end({ ...reply.outcome, err: reply.outcome.err + err })
        else if ('thrown' in reply) end(`it throws: ${reply.thrown}`)
      }
      const onExit = (exit: number | null, signal: string | null): void =>
        end(`its process dies with ${exit ?? signal}: ${err.slice(0, 300)}`)
      const timer = setTimeout(() => end(`it hangs for ${limitMs / 1000} s`), limitMs)
      const end = (result: Outcome | string): void => {
        clearTimeout(timer)
        child.off('message', onMessage)
        child.off('exit', onExit)
        child.stderr!.removeAllListeners('data')
        done(result)
      }
      child.on('message', onMessage)
      child.on('exit', onExit)
      child.send(files)
    })
  }

  end(): void {
    this.#child.kill('SIGKILL')
  }
}
