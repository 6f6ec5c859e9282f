import { faultPoint } from '@sillage/base'
import {
  type RowRange,
  recordCurrent,
  recordParts,
  recordRange,
  recordRejects,
  recordWarning,
  rejectsOf,
} from '@sillage/ledger'
import {
  countOwnWarnings,
  countReasons,
  type Made,
  type MadeRecord,
  type MadeRows,
  type Order,
  stepTable,
  unreadBelow,
} from '@sillage/steps'
import { createViews } from './relations.ts'
import type { Workshop } from './workshop.ts'

/** What a transaction made, and which rows of the step's table that is. */
export interface Making {
  readonly rows: MadeRows
  readonly ranges: readonly Omit<RowRange, 'stage'>[]
  /** Whether the ranges stand for all of the table. */
  readonly replace: boolean
}

/** The open transaction of a step: rows, counts, reasons and ledger become visible together. */
export class MadeInTransaction implements Made {
  readonly rows: MadeRows
  readonly #order: Order
  readonly #making: Making
  readonly #shop: Workshop
  readonly #ended: () => void
  #isOpen = true

  constructor(facts: {
    readonly order: Order
    readonly making: Making
    readonly shop: Workshop
    readonly ended: () => void
  }) {
    this.rows = facts.making.rows
    this.#order = facts.order
    this.#making = facts.making
    this.#shop = facts.shop
    this.#ended = facts.ended
  }

  async commit({ counts, seconds, warnings }: MadeRecord): Promise<void> {
    const { session, order } = this.#shop
    const { step, fused } = this.#order
    const { stage, fingerprint } = step
    const { run } = order
    await this.#showRows()
    for (const warning of [...(await countOwnWarnings(session, step)), ...warnings])
      await recordWarning(session, run, warning)
    await this.#recordReasons(counts.rejected)
    for (const one of [step, ...fused])
      await recordParts(session, { ...one, parts: JSON.stringify(one.parts) })
    for (const [index, range] of this.#making.ranges.entries())
      await recordRange(
        session,
        { ...range, stage },
        { replace: this.#making.replace && index === 0, at: order.now() },
      )
    await recordCurrent(session, { ...counts, stage, fingerprint, run, seconds })
    faultPoint('step.before_commit')
    await session.commit()
    this.#isOpen = false
  }

  /** Undoes what was not committed. */
  async [Symbol.asyncDispose](): Promise<void> {
    this.#ended()
    if (this.#isOpen) await this.#shop.session.rollback()
    this.#isOpen = false
  }

  async #showRows(): Promise<void> {
    const { session, steps } = this.#shop
    const { step } = this.#order
    const columns = await session.rows<{ column_name: string; column_type: string }>(
      `describe ${stepTable(step.stage).text}`,
    )
    await createViews({
      session,
      step,
      stored: columns.map((column) => ({ name: column.column_name, type: column.column_type })),
      numbering: unreadBelow(step, steps),
    })
  }

  async #recordReasons(rejected: number): Promise<void> {
    const { session, order } = this.#shop
    const { step } = this.#order
    if (step.rejects.length === 0 && step.style === 'source') return
    const rejects = rejected > 0 ? await countReasons(session, step) : []
    const unread = step.style === 'source' ? await rejectsOf(session, step.stage) : []
    await recordRejects(session, { run: order.run, stage: step.stage, rejects: [...rejects, ...unread] })
  }
}
