import { exitCode, faultPoint, SillageError } from '@sillage/base'
import { type Pulled as PulledState, pulledStep } from '@sillage/plan'
import { type ReadBatch, sql } from '@sillage/sdk'
import {
  type CurrentStep,
  growSegment,
  type KnownCursor,
  knownCursors,
  recordCurrent,
  recordCursor,
  recordParts,
  recordSegment,
} from '@sillage/store'
import { BatchWriter } from '@sillage/store/bridge'
import type { RecordBatch } from 'apache-arrow'
import { nextRow } from '../appending.ts'
import type { RunContext } from '../context.ts'
import { cursorOf, pulledBy, type ReadStep } from '../cursors.ts'
import { createViews, stepTable } from '../relations.ts'
import { seconds } from '../step-report.ts'

/** How far a source was read, and whether rows came. */
export interface Pulled {
  readonly current: CurrentStep
  readonly state: PulledState
  readonly rowsCame: boolean
}

/**
 * The table of a source that is read batch by batch. Rows, cursor, segment and ledger of a batch are one commit. A source that is asked for
 * something else begins anew; its old rows stay until its first batch is there.
 */
export class SourceTable {
  readonly #step: ReadStep
  readonly #context: RunContext
  readonly #started = performance.now()
  #at: KnownCursor
  #isNew: boolean
  #rowsCame = false

  private constructor(step: ReadStep, context: RunContext, known: KnownCursor | undefined) {
    const { stage, asked } = step
    this.#step = step
    this.#context = context
    this.#isNew = known === undefined
    this.#at = known ?? { stage, asked, cursor: null, moved: null, rows: 0, batches: 0, content: '0' }
  }

  static async open(step: ReadStep, context: RunContext): Promise<SourceTable> {
    return new SourceTable(step, context, await knownOf(step, context))
  }

  /** Behind the last committed batch. */
  get cursor(): string | undefined {
    return this.#at.cursor ?? undefined
  }

  get batches(): number {
    return this.#at.batches
  }

  /** Commits a batch. False where the sample is full. */
  async commit({ batch, cursor }: ReadBatch): Promise<boolean> {
    const { sample } = this.#context.options
    const room = (sample ?? Number.POSITIVE_INFINITY) - this.#at.rows
    await this.#append(batch.numRows > room ? batch.slice(0, room) : batch, cursor)
    faultPoint('step.after_commit')
    return this.#at.rows < (sample ?? Number.POSITIVE_INFINITY)
  }

  /** A source without a batch is an empty table. Throws `rows_lost` where the table does not hold the rows of its batches. */
  async end(): Promise<Pulled> {
    if (this.#isNew) await this.#append(undefined, null)
    const { stage } = this.#step
    const found = await nextRow(stage, this.#context)
    if (found !== this.#at.rows) throw rowsLost(stage, found, this.#at.rows)
    return { current: this.#current(), state: pulledBy(this.#at), rowsCame: this.#rowsCame }
  }

  async #append(batch: RecordBatch | undefined, cursor: string | null): Promise<void> {
    const { session, options } = this.#context
    const rows = batch?.numRows ?? 0
    const before = this.#at
    const isNew = this.#isNew
    await session
      .transaction(async () => {
        if (isNew) await this.#create()
        const content = rows === 0 ? 0n : await this.#write(batch!)
        this.#at = {
          ...before,
          cursor,
          moved: rows === 0 ? before.moved : cursor,
          rows: before.rows + rows,
          batches: before.batches + (batch === undefined ? 0 : 1),
          content: String(BigInt(before.content) + content),
        }
        if (isNew || rows > 0) await this.#record(rows, isNew)
        if (options.sample === undefined) await recordCursor(session, this.#at)
        faultPoint('step.before_commit')
      })
      .catch((error: unknown) => {
        this.#at = before
        throw error
      })
    this.#isNew = false
    this.#rowsCame ||= isNew || rows > 0
    options.onEvent({ kind: 'step_progress', stage: this.#step.stage, rows: this.#at.rows })
  }

  async #create(): Promise<void> {
    const { session } = this.#context
    const { stage, columns } = this.#step
    const list = columns.map(({ name, type }) => `${sql.id(name).text} ${type}`).join(', ')
    await session.run(`create or replace table ${stepTable(stage).text} (${list})`)
    await createViews({ session, step: this.#step, stored: columns })
  }

  /** Writes the rows behind those that are there. Gives the sum of their hashes. */
  async #write(batch: RecordBatch): Promise<bigint> {
    const { session } = this.#context
    const { stage, columns } = this.#step
    {
      await using writer = await BatchWriter.open({
        connection: session.connection,
        schema: 'step',
        table: stage,
      })
      writer.append(batch)
      writer.close()
    }
    const names = sql.join(columns.map(({ name }) => sql.id(name))).text
    const { content } = await session.row<{ content: string }>(
      `select cast(sum(hash(${names})) as varchar) as content from ${stepTable(stage).text} where rowid >= ${this.#at.rows}`,
    )
    return BigInt(content)
  }

  async #record(rows: number, replace: boolean): Promise<void> {
    const { session, run, options } = this.#context
    const { stage, fingerprint, parts } = pulledStep(this.#step, pulledBy(this.#at))
    await recordParts(session, { stage, fingerprint, parts: JSON.stringify(parts) })
    if (replace || !(await growSegment(session, { stage, fingerprint, rows, run })))
      await recordSegment(
        session,
        { stage, fingerprint, first_row: this.#at.rows - rows, rows, run },
        { replace, at: options.now() },
      )
    await recordCurrent(session, this.#current())
  }

  #current(): CurrentStep {
    const { stage, fingerprint } = pulledStep(this.#step, pulledBy(this.#at))
    const counts = { rows_in: null, rows_out: this.#at.rows, rejected: 0, merged: 0, filtered: 0 }
    return { ...counts, stage, fingerprint, run: this.#context.run, seconds: seconds(this.#started) }
  }
}

/** Where to go on. A cursor that does not belong to the rows of the table is none: nothing is skipped, and nothing comes twice. */
async function knownOf(step: ReadStep, context: RunContext): Promise<KnownCursor | undefined> {
  const { session, options } = context
  if (options.fullRefresh || options.sample !== undefined) return undefined
  const known = cursorOf(step, await knownCursors(session))
  if (known === undefined) return undefined
  const rows = await nextRow(step.stage, context).catch(() => undefined)
  return rows === known.rows ? known : undefined
}

function rowsLost(stage: string, found: number, expected: number): SillageError {
  return new SillageError({
    code: 'rows_lost',
    message: `"${stage}" breaks the law of conservation: its batches had ${expected} rows, its table has ${found}`,
    hint: 'this is an error of Sillage: please report it; sillage run --full-refresh reads it anew',
    exit: exitCode.failed,
    facts: { stage },
  })
}
