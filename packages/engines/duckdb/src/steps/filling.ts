import { faultPoint } from '@sillage/base'
import {
  type CurrentStep,
  growRange,
  type KnownCursor,
  pulledBy,
  recordCurrent,
  recordCursor,
  recordParts,
  recordRange,
} from '@sillage/ledger'
import type { ReadStep } from '@sillage/plan'
import { pulledStep } from '@sillage/plan'
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
  nothingWritten,
  prepareSuppression,
  stepTable,
  storedColumns,
  withoutForgotten,
} from '@sillage/steps'
import type { RecordBatch } from 'apache-arrow'
import { BatchWriter } from '../bridge/batch-writer.ts'
import type { Session } from '../session.ts'
import { knownOf, recordedFingerprint } from './known-source.ts'
import { behind, nextRow } from './narrow.ts'
import { createViews } from './relations.ts'
import { recordSuppressed } from './suppression.ts'
import type { Workshop } from './workshop.ts'

/**
 * The table of a source that is read batch by batch. Rows, cursor, segment and ledger of a batch are one commit. A source that is asked for
 * something else begins anew; its old rows stay until its first batch is there.
 */
export class SourceTable implements Filling {
  readonly #step: ReadStep
  readonly #shop: Workshop
  readonly #started = performance.now()
  #at: KnownCursor
  #isNew: boolean
  #rowsCame = false

  private constructor(step: ReadStep, shop: Workshop, known: KnownCursor | undefined) {
    this.#step = step
    this.#shop = shop
    this.#isNew = known === undefined
    this.#at = known ?? nothingRead(step)
  }

  static async open(step: ReadStep, shop: Workshop, isKnown: boolean): Promise<SourceTable> {
    await prepareSuppression(shop.session, step, shop.order.suppressions)
    const known = isKnown ? await knownOf(step, shop) : undefined
    const table = new SourceTable(step, shop, known)
    if (table.#at.suppressed !== keptOutBy(step)) await table.#keepOut()
    return table
  }

  /** Behind the last committed batch. */
  get cursor(): string | undefined {
    return this.#at.cursor ?? undefined
  }

  get batches(): number {
    return this.#at.batches
  }

  /** What was committed stays. */
  async begin(): Promise<void> {}

  /** Commits a batch. False where the sample is full. */
  async commit({ batch, cursor }: ReadBatch): Promise<boolean> {
    const { sample } = this.#shop.order
    const room = (sample ?? Number.POSITIVE_INFINITY) - this.#at.rows
    await this.#append(batch.numRows > room ? batch.slice(0, room) : batch, cursor ?? null)
    faultPoint('step.after_commit')
    return this.#at.rows < (sample ?? Number.POSITIVE_INFINITY)
  }

  /**
   * A source without a batch is an empty table. What the ledger says of the step is said again where it was lost. Throws `rows_lost` where
   * the table does not hold the rows of its batches.
   */
  async end(): Promise<Filled> {
    const { stage } = this.#step
    const { session } = this.#shop
    if (this.#isNew) await this.#append(undefined, null)
    else if (!this.#rowsCame && (await recordedFingerprint(session, stage)) !== this.#current().fingerprint)
      await session.transaction(() => this.#record(this.#at.rows, true))
    const found = await nextRow(stage, this.#shop)
    assertHoldsBatches(this.#at, found)
    return { current: this.#current(), state: pulledBy(this.#at), rowsCame: this.#rowsCame }
  }

  async #append(batch: RecordBatch | undefined, cursor: string | null): Promise<void> {
    const { session, order } = this.#shop
    const rows = batch?.numRows ?? 0
    const before = this.#at
    const isNew = this.#isNew
    await session
      .transaction(async () => {
        if (isNew) await this.#create()
        if (rows > 0) await this.#write(batch!)
        const written = rows === 0 ? nothingWritten : await this.#measure(before.rows)
        this.#at = behindBatch(before, { cursor, arrived: batch?.numRows, written })
        if (isNew || rows > 0) await this.#record(written.rows, isNew)
        if (order.sample === undefined) await recordCursor(session, this.#at)
        faultPoint('step.before_commit')
      })
      .catch((error: unknown) => {
        this.#at = before
        throw error
      })
    this.#isNew = false
    this.#rowsCame ||= isNew || this.#at.rows > before.rows
    order.onProgress({ stage: this.#step.stage, rows: this.#at.rows })
  }

  async #create(): Promise<void> {
    const { session } = this.#shop
    const { stage } = this.#step
    const columns = storedColumns(this.#step)
    const list = columns.map(({ name, type }) => `${sql.id(name).text} ${type}`).join(', ')
    await session.run(`create or replace table ${stepTable(stage).text} (${list})`)
    await createViews({ session, step: this.#step, stored: columns })
  }

  /** Writes the rows behind those that are there. Rows of people who asked to be forgotten never reach the file. */
  async #write(batch: RecordBatch): Promise<void> {
    const { session } = this.#shop
    const { stage, suppressed } = this.#step
    if (suppressed.length === 0) return await append(session, batch, { schema: 'step', table: stage })
    const table = stepTable(stage).text
    await session.run(`create or replace temp table arriving as from ${table} limit 0`)
    await append(session, batch, { catalog: 'temp', schema: 'main', table: 'arriving' })
    await session.run(
      `insert into ${table} select * from temp.main.arriving where not (${areForgotten(this.#step).text})`,
    )
    await session.run('drop table temp.main.arriving')
  }

  /** Others asked to be forgotten since: what was read is held to the new list, and the source is asked for none of it again. */
  async #keepOut(): Promise<void> {
    const { session } = this.#shop
    const table = stepTable(this.#step.stage).text
    const before = this.#at
    await session.transaction(async () => {
      await session.run(
        `create or replace table ${table} as select * from ${table} where not (${areForgotten(this.#step).text})`,
      )
      this.#at = withoutForgotten(this.#step, before, await this.#measure(0))
      await this.#record(this.#at.rows, true)
      await recordCursor(session, this.#at)
      faultPoint('step.before_commit')
    })
    this.#rowsCame = true
  }

  /** The rows from a position on, and the sum of their hashes. */
  async #measure(first: number): ReturnType<typeof measureRead> {
    const where = behind(first)
    const from = `${stepTable(this.#step.stage).text}${where === undefined ? '' : ` where ${where}`}`
    return await measureRead(this.#shop.session, this.#step, from)
  }

  async #record(rows: number, replace: boolean): Promise<void> {
    const {
      session,
      order: { run, now },
    } = this.#shop
    const { stage, fingerprint, parts } = pulledStep(this.#step, pulledBy(this.#at))
    await recordParts(session, { stage, fingerprint, parts: JSON.stringify(parts) })
    if (replace || !(await growRange(session, { stage, fingerprint, rows, run })))
      await recordRange(
        session,
        { stage, fingerprint, first_row: this.#at.rows - rows, rows, run },
        { replace, at: now() },
      )
    await recordCurrent(session, this.#current())
    await recordSuppressed(this.#step, this.#at.kept_out, this.#shop)
  }

  #current(): CurrentStep {
    return currentOf(this.#step, this.#at, { run: this.#shop.order.run, started: this.#started })
  }
}

async function append(
  session: Session,
  batch: RecordBatch,
  place: { readonly catalog?: string; readonly schema: string; readonly table: string },
): Promise<void> {
  await using writer = await BatchWriter.open({ connection: session.connection, ...place })
  writer.append(batch)
  writer.close()
}
