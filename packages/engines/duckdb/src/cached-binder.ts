import { existsSync, readFileSync } from 'node:fs'
import { dirname, join, sep } from 'node:path'
import { fingerprint, writeWhole } from '@sillage/base'
import type { Binder } from '@sillage/plan'
import { duckDbVersion } from './duckdb-version.ts'

const mostEntries = 4000
/** Grows with what the answers mean: those of another layout are not used. */
const layout = 3

/**
 * A binder that remembers answers by the version of DuckDB and the content of the question (text, shapes, state of files), in a JSON file. What is not
 * remembered is asked of the binder that `open` gives, so a warm `validate` never loads DuckDB. Refusals are not remembered.
 */
export class CachedBinder implements Binder, AsyncDisposable {
  readonly version = duckDbVersion()
  readonly #file: string
  readonly #open: () => Promise<Binder & AsyncDisposable>
  readonly #known: Map<string, unknown>
  readonly #used = new Set<string>()
  #inner: Promise<Binder & AsyncDisposable> | undefined
  readonly #underWay = new Set<Promise<unknown>>()
  #changed = false
  #isClosed = false

  constructor(file: string, open: () => Promise<Binder & AsyncDisposable>) {
    this.#file = file
    this.#open = open
    this.#known = readKnown(file)
  }

  describe: Binder['describe'] = (request) =>
    this.#remember(['describe', request], (binder) => binder.describe(request))
  parseExpression: Binder['parseExpression'] = (text) =>
    this.#remember(['expression', text], (binder) => binder.parseExpression(text))
  /** A tree is large: what is read off it may be remembered. */
  parseSelect: Binder['parseSelect'] = (select) => this.#ask((binder) => binder.parseSelect(select))
  query: Binder['query'] = (statement, state) =>
    this.#remember(['query', statement, state], (binder) => binder.query(statement, state))
  remember: Binder['remember'] = async (question, ask) => {
    const key = fingerprint(layout, this.version, 'own', ...question)
    this.#used.add(key)
    if (!this.#known.has(key) || this.#namesLost(this.#known.get(key))) this.#learn(key, await ask())
    return this.#known.get(key) as never
  }

  async #remember<T>(question: readonly unknown[], ask: (binder: Binder) => Promise<T>): Promise<T> {
    const key = fingerprint(layout, this.version, ...question)
    this.#used.add(key)
    if (this.#known.has(key)) return this.#known.get(key) as T
    const answer = await this.#ask(ask)
    this.#learn(key, answer)
    return answer
  }

  async #ask<T>(ask: (binder: Binder) => Promise<T>): Promise<T> {
    if (this.#isClosed) throw new Error('the binder is closed')
    this.#inner ??= this.#open()
    const asking = this.#inner.then(ask)
    this.#underWay.add(asking)
    try {
      return await asking
    } finally {
      this.#underWay.delete(asking)
    }
  }

  /** Whether an answer names a file of the scratch folder that is there no longer: `gc` removes them. */
  #namesLost(answer: unknown): boolean {
    if (typeof answer === 'string')
      return answer.startsWith(`${join(dirname(this.#file), 'scratch')}${sep}`) && !existsSync(answer)
    return (
      typeof answer === 'object' &&
      answer !== null &&
      Object.values(answer).some((one) => this.#namesLost(one))
    )
  }

  #learn(key: string, answer: unknown): void {
    this.#known.set(key, answer)
    this.#changed = true
  }

  /**
   * Writes what was learnt; a cache that cannot be written is not an error. Who was told to stop left questions behind: their answers are
   * waited for, since DuckDB that is closed under a statement crashes; later questions are refused.
   */
  async [Symbol.asyncDispose](): Promise<void> {
    this.#isClosed = true
    await Promise.allSettled(this.#underWay)
    if (this.#inner) await (await this.#inner)[Symbol.asyncDispose]()
    if (!this.#changed) return
    const entries = [...this.#known]
      .sort(([a], [b]) => Number(this.#used.has(a)) - Number(this.#used.has(b)))
      .slice(-mostEntries)
    try {
      writeWhole(this.#file, JSON.stringify(Object.fromEntries(entries)))
    } catch {
      return
    }
  }
}

function readKnown(file: string): Map<string, unknown> {
  try {
    return new Map(Object.entries(JSON.parse(readFileSync(file, 'utf8')) as object))
  } catch {
    return new Map()
  }
}
