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
  storedColumns,
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
  /** What there was when a source that is read whole was asked. */
  #before: { readonly rows: ParquetRows | undefined; readonly at: KnownCursor } | undefined

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

  async begin(): Promise<void> {
    if (this.#step.whole !== true) return
    this.#before ??= { rows: this.#rows, at: this.#at }
    this.#rows = undefined
    this.#at = nothingRead(this.#step)
  }

  async commit({ batch, cursor }: ReadBatch): Promise<boolean> {
    const most = this.#shop.order.sample ?? Number.POSITIVE_INFINITY
    const room = most - this.#at.rows
    await this.#append(batch.numRows > room ? batch.slice(0, room) : batch, cursor ?? null)
    faultPoint('step.after_commit')
    return this.#at.rows < most
  }

  async end(): Promise<Filled> {
    const { session, store, steps } = this.#shop
    if (this.#rows === undefined) await this.#append(undefined, null)
    if (this.#before) this.#replace(this.#before)
    else if (store.now.steps[this.#step.stage]?.fingerprint !== this.#current().fingerprint)
      this.#record(this.#rows!)
    const { rows } = await measureRead(session, this.#step, `(${selectRows(this.#rows!).text})`)
    assertHoldsBatches(this.#at, rows)
    await showStep(this.#step, store.now, { session, steps })
    return { current: this.#current(), state: pulledBy(this.#at), rowsCame: this.#rowsCame }
  }

  async #append(batch: RecordBatch | undefined, cursor: string | null): Promise<void> {
    const { session, order } = this.#shop
    const { stage } = this.#step
    const columns = storedColumns(this.#step)
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
    const rows = { columns, files: [...(before?.files ?? []), ...file] }
    if (this.#before) this.#rows = rows
    else this.#record(rows)
    this.#rowsCame ||= before === undefined || written.rows > 0
    order.onProgress({ stage, rows: this.#at.rows })
  }

  /** All of a source that is read whole, in the place of what there was; nothing where that is the same. */
  #replace(before: { readonly rows: ParquetRows | undefined; readonly at: KnownCursor }): void {
    const { store } = this.#shop
    this.#rowsCame =
      before.rows === undefined ||
      store.now.steps[this.#step.stage]?.fingerprint !== this.#current().fingerprint
    if (this.#rowsCame) this.#record(this.#rows!)
    else this.#rows = before.rows
  }

  /** Others asked to be forgotten since: what was read is held to the new list, and the source is asked for none of it again. */
  async #keepOut(): Promise<void> {
    const { session } = this.#shop
    const left = `(${selectRows(this.#rows!).text} where not (${areForgotten(this.#step).text}))`
    this.#at = withoutForgotten(this.#step, this.#at, await measureRead(session, this.#step, left))
    this.#record({ columns: storedColumns(this.#step), files: await this.#write(left) })
    this.#rowsCame = true
  }

  async #write(relation: string): Promise<readonly string[]> {
    const file = join(this.#folder, `${this.#files}.parquet`)
    this.#files += 1
    await writeFile(this.#shop.session, { relation, columns: storedColumns(this.#step), file })
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
