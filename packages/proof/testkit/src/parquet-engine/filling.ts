import { join } from 'node:path'
import { faultPoint } from '@sillage/base'
import { BatchWriter } from '@sillage/duckdb/bridge'
import { type KnownCursor, pulledBy } from '@sillage/ledger'
import { pulledStep, type ReadStep } from '@sillage/plan'
import { type ReadBatch, sql } from '@sillage/sdk'
import {
  areForgotten,
  assertHoldsBatches,
  behindBatch,
  currentOf,
  type Filled,
  type Filling,
  keptOutBy,
  measureRead,
  nothingRead,
  prepareSuppression,
  suppressedRecord,
  withoutForgotten,
} from '@sillage/steps'
import type { RecordBatch } from 'apache-arrow'
import { type ParquetRows, selectRows, writeFile } from './parquet-rows.ts'
import { showStep } from './relations.ts'
import { named } from './store-rows.ts'
import type { Workshop } from './workshop.ts'

const arrived = 'temp.main.arrived'

/** The files of a source that is read batch by batch: one a batch. */
export class ParquetFilling implements Filling {
  readonly #step: ReadStep
  readonly #shop: Workshop
  readonly #started = performance.now()
  readonly #folder: string
  #at: KnownCursor
  /** Undefined where nothing is there yet: what an older question left goes with the first batch. */
  #rows: ParquetRows | undefined
  #files = 0
  #rowsCame = false

  private constructor(step: ReadStep, shop: Workshop, known: KnownCursor | undefined) {
    this.#step = step
    this.#shop = shop
    this.#folder = shop.store.newFolder(step.stage, shop.order.run)
    this.#at = known ?? nothingRead(step)
    this.#rows = known === undefined ? undefined : shop.store.now.relations[step.stage]
  }

  static async open(step: ReadStep, shop: Workshop, goesOn: boolean): Promise<ParquetFilling> {
    await prepareSuppression(shop.session, step, shop.order.suppressions)
    const { cursors, relations } = shop.store.now
    const known = goesOn && shop.order.sample === undefined ? cursors[step.stage] : undefined
    const isOurs = known?.asked === step.asked && relations[step.stage] !== undefined
    const filling = new ParquetFilling(step, shop, isOurs ? known : undefined)
    if (filling.#at.suppressed !== keptOutBy(step)) await filling.#keepOut()
    return filling
  }

  get cursor(): string | undefined {
    return this.#at.cursor ?? undefined
  }

  get batches(): number {
    return this.#at.batches
  }

  async commit({ batch, cursor }: ReadBatch): Promise<boolean> {
    const most = this.#shop.order.sample ?? Number.POSITIVE_INFINITY
    const room = most - this.#at.rows
    await this.#append(batch.numRows > room ? batch.slice(0, room) : batch, cursor)
    faultPoint('step.after_commit')
    return this.#at.rows < most
  }

  async end(): Promise<Filled> {
    const { session, store, steps } = this.#shop
    if (this.#rows === undefined) await this.#append(undefined, null)
    else if (store.now.steps[this.#step.stage]?.fingerprint !== this.#current().fingerprint)
      this.#record(this.#rows)
    const { rows } = await measureRead(session, this.#step, `(${selectRows(this.#rows!).text})`)
    assertHoldsBatches(this.#at, rows)
    await showStep(this.#step, store.now, { session, steps })
    return { current: this.#current(), state: pulledBy(this.#at), rowsCame: this.#rowsCame }
  }

  async #append(batch: RecordBatch | undefined, cursor: string | null): Promise<void> {
    const { session, order } = this.#shop
    const { columns, stage } = this.#step
    const before = this.#rows
    const shape = columns.map(({ name, type }) => `${sql.id(name).text} ${type}`).join(', ')
    await session.run(`create or replace temp table arrived (${shape})`)
    if (batch && batch.numRows > 0) {
      await using writer = await BatchWriter.open({
        connection: session.connection,
        catalog: 'temp',
        schema: 'main',
        table: 'arrived',
      })
      writer.append(batch)
      writer.close()
    }
    await session.run(`delete from ${arrived} where ${areForgotten(this.#step).text}`)
    const written = await measureRead(session, this.#step, arrived)
    const file = await this.#write(arrived)
    this.#at = behindBatch(this.#at, { cursor, arrived: batch?.numRows, written })
    this.#record({ columns, files: [...(before?.files ?? []), ...file] })
    this.#rowsCame ||= before === undefined || written.rows > 0
    order.onProgress({ stage, rows: this.#at.rows })
  }

  /** Others asked to be forgotten since: what was read is held to the new list, and the source is asked for none of it again. */
  async #keepOut(): Promise<void> {
    const { session } = this.#shop
    const left = `(${selectRows(this.#rows!).text} where not (${areForgotten(this.#step).text}))`
    this.#at = withoutForgotten(this.#step, this.#at, await measureRead(session, this.#step, left))
    this.#record({ columns: this.#step.columns, files: await this.#write(left) })
    this.#rowsCame = true
  }

  async #write(relation: string): Promise<readonly string[]> {
    const file = join(this.#folder, `${this.#files}.parquet`)
    this.#files += 1
    await writeFile(this.#shop.session, { relation, columns: this.#step.columns, file })
    return [file]
  }

  /** Rows, cursor and ledger are one commit. */
  #record(rows: ParquetRows): void {
    const { store, order } = this.#shop
    const { stage, fingerprint, parts } = pulledStep(this.#step, pulledBy(this.#at))
    const { kept_out } = this.#at
    const records = kept_out > 0 ? [suppressedRecord(stage, kept_out)] : []
    store.commit({
      relations: { [stage]: named(rows, this.#shop) },
      steps: { [stage]: this.#current() },
      parts: { [stage]: { stage, fingerprint, parts: JSON.stringify(parts) } },
      rejects: { [stage]: { run: order.run, records } },
      ...(order.sample === undefined ? { cursors: { [stage]: this.#at } } : {}),
    })
    this.#rows = rows
  }

  #current() {
    return currentOf(this.#step, this.#at, { run: this.#shop.order.run, started: this.#started })
  }
}
