import { faultPoint } from '@sillage/base'
import {
  type KnownCursor,
  pulledBy,
  recordCurrent,
  recordCursor,
  recordParts,
  recordRange,
} from '@sillage/ledger'
import { pulledStep, type ReadStep } from '@sillage/plan'
import { type ReadBatch, sql } from '@sillage/sdk'
import {
  areForgotten,
  currentOf,
  type Filled,
  type Filling,
  measureRead,
  nothingRead,
  prepareSuppression,
  stepTable,
  storedColumns,
} from '@sillage/steps'
import { BatchWriter } from '../bridge/batch-writer.ts'
import { knownOf, recordedFingerprint } from './known-source.ts'
import { createViews } from './relations.ts'
import { recordSuppressed } from './suppression.ts'
import type { Workshop } from './workshop.ts'

/**
 * The table of a source that is read whole. Its rows come into a table beside it, and take the place of those before in one commit; where they are
 * the same nothing happens. What a run that was killed left beside it is removed by the next one.
 */
export class WholeSourceTable implements Filling {
  readonly cursor = undefined
  readonly batches = 0
  readonly #step: ReadStep
  readonly #shop: Workshop
  readonly #started = performance.now()
  readonly #known: KnownCursor | undefined
  readonly #coming: string
  #arrived = 0
  #came = 0

  private constructor(step: ReadStep, shop: Workshop, known: KnownCursor | undefined) {
    this.#step = step
    this.#shop = shop
    this.#known = known
    this.#coming = stepTable(step.stage, 'coming').text
  }

  static async open(step: ReadStep, shop: Workshop, isKnown: boolean): Promise<WholeSourceTable> {
    await prepareSuppression(shop.session, step, shop.order.suppressions)
    return new WholeSourceTable(step, shop, isKnown ? await knownOf(step, shop) : undefined)
  }

  async begin(): Promise<void> {
    const columns = storedColumns(this.#step).map(
      ({ name, type }) => sql`${sql.id(name)} ${sql.trusted(type)}`,
    )
    await this.#shop.session.run(`create or replace table ${this.#coming} (${sql.join(columns).text})`)
    this.#arrived = 0
    this.#came = 0
  }

  async commit({ batch }: ReadBatch): Promise<boolean> {
    const { session, order } = this.#shop
    const most = order.sample ?? Number.POSITIVE_INFINITY
    const rows = Math.min(batch.numRows, most - this.#arrived)
    await session.transaction(async () => {
      const place = { schema: 'step', table: `${this.#step.stage}.coming` }
      await using writer = await BatchWriter.open({ connection: session.connection, ...place })
      writer.append(rows < batch.numRows ? batch.slice(0, rows) : batch)
      writer.close()
      // Rows of people who asked to be forgotten never reach the file.
      await session.run(`delete from ${this.#coming} where ${areForgotten(this.#step).text}`)
    })
    this.#arrived += rows
    this.#came += 1
    order.onProgress({ stage: this.#step.stage, rows: this.#arrived })
    return this.#arrived < most
  }

  async end(): Promise<Filled> {
    const { session, order } = this.#shop
    const { rows, content } = await measureRead(session, this.#step, this.#coming)
    const at: KnownCursor = {
      ...nothingRead(this.#step),
      rows,
      content,
      batches: this.#came,
      kept_out: this.#arrived - rows,
    }
    const current = currentOf(this.#step, at, { run: order.run, started: this.#started })
    const isSame =
      this.#known !== undefined && (await recordedFingerprint(session, current.stage)) === current.fingerprint
    if (isSame) await session.run(`drop table ${this.#coming}`)
    else await session.transaction(() => this.#replace(at))
    faultPoint('step.after_commit')
    return { current, state: pulledBy(at), rowsCame: !isSame }
  }

  async #replace(at: KnownCursor): Promise<void> {
    const { session, order } = this.#shop
    const { run, now } = order
    const { stage, fingerprint, parts } = pulledStep(this.#step, pulledBy(at))
    await session.run(`drop table if exists ${stepTable(stage).text}`)
    await session.run(`alter table ${this.#coming} rename to ${sql.id(stage).text}`)
    await createViews({ session, step: this.#step, stored: storedColumns(this.#step) })
    await recordParts(session, { stage, fingerprint, parts: JSON.stringify(parts) })
    const range = { stage, fingerprint, first_row: 0, rows: at.rows, run }
    await recordRange(session, range, { replace: true, at: now() })
    await recordCurrent(session, currentOf(this.#step, at, { run, started: this.#started }))
    await recordSuppressed(this.#step, at.kept_out, this.#shop)
    if (order.sample === undefined) await recordCursor(session, at)
    faultPoint('step.before_commit')
  }
}
