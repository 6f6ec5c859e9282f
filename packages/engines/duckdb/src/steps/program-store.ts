import { faultPoint, SillageError } from '@sillage/base'
import { programSchema } from '@sillage/ledger'
import type { Step } from '@sillage/plan'
import { type Column, type Sql, sql } from '@sillage/sdk'
import type { JsonRow } from '@sillage/sql'
import type { ServedTables } from '@sillage/workers'
import type { RecordBatch } from 'apache-arrow'
import { BatchWriter } from '../bridge/batch-writer.ts'
import { readBatches } from '../bridge/read-batches.ts'
import type { Workshop as RunWorkshop } from './workshop.ts'

type Workshop = Pick<RunWorkshop, 'database' | 'session' | 'order'>

/** Holds the named steps that were committed. */
const checkpoints = '_steps'

/** Whose tables they are. */
type Programmed = Pick<Step, 'stage' | 'plugin' | 'fingerprint'>

/** A named step under way. */
interface Open {
  readonly name: string
  /** Tables of steps before it that go when it is committed. */
  readonly dropped: Set<string>
}

/**
 * The tables of a program in a schema of its own. Each statement is a commit; what counts is the list of committed steps with their tables: whatever
 * else is found there was left by a run that was killed, and goes first.
 */
export class ProgramStore implements ServedTables, AsyncDisposable {
  readonly schema: string
  readonly #step: Programmed
  readonly #shop: Workshop
  /** What the committed steps gave, by name. */
  readonly #done: ReadonlyMap<string, string>
  /** The step that made each table; undefined outside of any. */
  readonly #makers: Map<string, string | undefined>
  readonly #named = new Set<string>()
  #open: Open | undefined
  #writing: { readonly table: string; readonly writer: BatchWriter } | undefined
  #rows = 0

  private constructor(
    step: Programmed,
    shop: Workshop,
    known: { readonly done: ReadonlyMap<string, string>; readonly makers: Map<string, string | undefined> },
  ) {
    this.schema = programSchema(step.stage)
    this.#step = step
    this.#shop = shop
    this.#done = known.done
    this.#makers = known.makers
  }

  /** Goes on behind the committed steps of the same fingerprint, else begins anew. */
  static async open(step: Programmed, shop: Workshop): Promise<ProgramStore> {
    const { session, order } = shop
    const schema = programSchema(step.stage)
    const table = sql.id(schema, checkpoints)
    await session.run(`create schema if not exists ${sql.id(schema).text}`)
    await session.run(
      `create table if not exists ${table.text} (fingerprint varchar, name varchar, value varchar, tables varchar[])`,
    )
    const others = await session.rows(
      sql`select 1 from ${table} where fingerprint <> ${step.fingerprint} limit 1`.text,
    )
    if (others.length > 0 || order.afresh === true || order.sample !== undefined) {
      await session.transaction(async () => {
        await ProgramStore.remove(step, shop)
        await session.run(`create schema ${sql.id(schema).text}`)
        await session.run(
          `create table ${table.text} (fingerprint varchar, name varchar, value varchar, tables varchar[])`,
        )
      })
      return new ProgramStore(step, shop, { done: new Map(), makers: new Map() })
    }
    const steps = await session.rows<{ name: string; value: string; tables: readonly string[] }>(
      `select name, value, tables from ${table.text}`,
    )
    const makers = new Map(steps.flatMap(({ name, tables }) => tables.map((one) => [one, name] as const)))
    const store = new ProgramStore(step, shop, {
      done: new Map(steps.map(({ name, value }) => [name, value])),
      makers,
    })
    for (const found of await store.#tables()) {
      if (!makers.has(found)) await store.#remove(found)
    }
    for (const made of makers.keys()) if (!(await store.#has(made))) makers.delete(made)
    return store
  }

  /** Removes the tables of a program and its steps. */
  static async remove({ stage }: Pick<Step, 'stage'>, { session }: Workshop): Promise<void> {
    await session.run(`drop schema if exists ${sql.id(programSchema(stage)).text} cascade`)
  }

  async begin(name: string): Promise<{ readonly value: string } | undefined> {
    await this.#settle()
    if (this.#open) throw this.#misused(`step "${name}" begins inside of step "${this.#open.name}"`)
    if (this.#named.has(name)) throw this.#misused(`two steps are called "${name}"`)
    this.#named.add(name)
    const value = this.#done.get(name)
    if (value !== undefined) return { value }
    this.#open = { name, dropped: new Set() }
    return undefined
  }

  async commit(value: string): Promise<void> {
    await this.#settle()
    const { session } = this.#shop
    const { name, dropped } = this.#open!
    const made = [...this.#makers].flatMap(([table, maker]) => (maker === name ? [table] : []))
    await session.transaction(async () => {
      for (const table of dropped) await session.run(`drop table ${this.#table(table).text}`)
      await session.run(
        sql`insert into ${sql.id(this.schema, checkpoints)} values (${this.#step.fingerprint}, ${name}, ${value}, ${sql.list(made)}::varchar[])`
          .text,
      )
      faultPoint('program.step.before_commit')
    })
    for (const table of dropped) this.#makers.delete(table)
    this.#open = undefined
    faultPoint('program.step.after_commit')
  }

  async abandon(): Promise<void> {
    await this.#leave()
    if (!this.#open) return
    const { name } = this.#open
    this.#open = undefined
    for (const [table, maker] of this.#makers) if (maker === name) await this.#remove(table)
  }

  async create(name: string, from: string | readonly Column[]): Promise<number> {
    await this.#settle()
    if (!/^[a-z][a-z0-9_]*$/.test(name))
      throw this.#misused('a table has a name that is not of small letters, digits and _')
    if (this.#makers.has(name)) throw this.#misused(`the table "${name}" is there already`)
    const table = this.#table(name).text
    const { session } = this.#shop
    this.#makers.set(name, this.#open?.name)
    if (typeof from !== 'string') {
      const list = from.map((column) => `${sql.id(column.name).text} ${column.type}`).join(', ')
      await session.run(`create or replace table ${table} (${list})`)
      return 0
    }
    await session.run(`create or replace table ${table} as\n${from}`)
    const { n } = await session.row<{ n: number }>(`select count(*) as n from ${table}`)
    this.#count(n)
    return n
  }

  async append(name: string, batch: RecordBatch): Promise<void> {
    this.#assertOwn(name)
    if (this.#writing?.table !== name) {
      await this.#settle()
      const { session } = this.#shop
      await session.begin()
      const writer = await BatchWriter.open({
        connection: session.connection,
        schema: this.schema,
        table: name,
      })
      this.#writing = { table: name, writer }
    }
    this.#writing.writer.append(batch)
    this.#count(batch.numRows)
  }

  async drop(name: string): Promise<void> {
    await this.#settle()
    if (!this.#makers.has(name)) throw this.#misused(`there is no table "${name}"`)
    if (this.#makers.get(name) === this.#open?.name) await this.#remove(name)
    else if (this.#open) this.#open.dropped.add(name)
    else throw this.#misused(`the table "${name}" of a step is dropped outside of one`)
  }

  async rows(select: string): Promise<readonly JsonRow[]> {
    await this.#settle()
    return await this.#shop.session.rows(select)
  }

  async batches(select: string, batchRows?: number): Promise<AsyncIterable<RecordBatch>> {
    await this.#settle()
    return this.#stream(select, batchRows)
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.#leave()
  }

  async *#stream(select: string, batchRows?: number): AsyncGenerator<RecordBatch, void, undefined> {
    const { database, order } = this.#shop
    using reader = await database.session()
    yield* readBatches({
      connection: reader.connection,
      select,
      ...(batchRows === undefined ? {} : { batchRows }),
      signal: order.signal,
    })
  }

  /** Commits what was appended: other statements see it from then on. */
  async #settle(): Promise<void> {
    const writing = this.#writing
    if (!writing) return
    this.#writing = undefined
    writing.writer.close()
    await this.#shop.session.commit()
  }

  /** Undoes what was appended and not committed. */
  async #leave(): Promise<void> {
    const writing = this.#writing
    if (!writing) return
    this.#writing = undefined
    await writing.writer[Symbol.asyncDispose]()
    await this.#shop.session.rollback()
  }

  async #remove(table: string): Promise<void> {
    await this.#shop.session.run(`drop table if exists ${this.#table(table).text}`)
    this.#makers.delete(table)
  }

  async #tables(): Promise<readonly string[]> {
    const found = await this.#shop.session.rows<{ name: string }>(
      sql`select table_name as name from duckdb_tables() where schema_name = ${this.schema} and table_name <> ${checkpoints}`
        .text,
    )
    return found.map(({ name }) => name)
  }

  async #has(table: string): Promise<boolean> {
    return (await this.#tables()).includes(table)
  }

  #assertOwn(table: string): void {
    if (!this.#makers.has(table)) throw this.#misused(`there is no table "${table}"`)
    if (this.#makers.get(table) !== this.#open?.name)
      throw this.#misused(`the table "${table}" is written outside of the step that made it`)
  }

  #table(name: string): Sql {
    return sql.id(this.schema, name)
  }

  #count(rows: number): void {
    this.#rows += rows
    this.#shop.order.onProgress({ stage: this.#step.stage, rows: this.#rows })
  }

  #misused(found: string): SillageError {
    const { stage, plugin } = this.#step
    return new SillageError({
      code: 'program_tables',
      message: found,
      hint: 'fix the plugin: a table is written in the named step that makes it, under a name of its own',
      facts: { stage, plugin },
    })
  }
}
