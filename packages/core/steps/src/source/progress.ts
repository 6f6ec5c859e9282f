import { exitCode, SillageError } from '@sillage/base'
import { type CurrentStep, type KnownCursor, pulledBy } from '@sillage/ledger'
import { pulledStep, type ReadStep } from '@sillage/plan'
import { type Column, sql } from '@sillage/sdk'
import type { Session } from '@sillage/sql'

/** Rows that reached a table, and the sum of the hashes of their values as text. */
export type Written = { readonly rows: number; readonly content: string }

export const nothingWritten: Written = { rows: 0, content: '0' }

/** How far a source was read of which nothing was. */
export function nothingRead(step: ReadStep): KnownCursor {
  const { stage, asked } = step
  const nothing = { cursor: null, moved: null, rows: 0, batches: 0, content: '0', kept_out: 0 }
  return { ...nothing, stage, asked, suppressed: keptOutBy(step) }
}

/** Hash of who is kept out. */
export function keptOutBy({ parts }: ReadStep): string | null {
  return parts.suppressed ?? null
}

/** How far a source was read behind a batch of so many rows; without a batch none came. */
export function behindBatch(
  before: KnownCursor,
  {
    cursor,
    arrived,
    written,
  }: { readonly cursor: string | null; readonly arrived: number | undefined; readonly written: Written },
): KnownCursor {
  return {
    ...before,
    cursor,
    moved: written.rows === 0 ? before.moved : cursor,
    rows: before.rows + written.rows,
    batches: before.batches + (arrived === undefined ? 0 : 1),
    content: String(BigInt(before.content) + BigInt(written.content)),
    kept_out: before.kept_out + (arrived ?? 0) - written.rows,
  }
}

/** How far a source was read when others asked to be forgotten since and only so much of it is left. */
export function withoutForgotten(
  step: ReadStep,
  before: KnownCursor,
  { rows, content }: Written,
): KnownCursor {
  const kept_out = before.kept_out + before.rows - rows
  return { ...before, rows, content, kept_out, suppressed: keptOutBy(step) }
}

/** The columns of a source's table: its own, and where its rows stand if that is asked for. */
export function storedColumns({
  columns,
  provenance,
}: Pick<ReadStep, 'columns' | 'provenance'>): readonly Column[] {
  const places: readonly Column[] = [
    { name: '_file', type: 'VARCHAR' },
    { name: '_line', type: 'BIGINT' },
  ]
  return provenance ? [...columns, ...places] : columns
}

/** Counts the rows of a relation of a source and sums their hashes. */
export async function measureRead(
  session: Session,
  { columns }: Pick<ReadStep, 'columns'>,
  from: string,
): Promise<Written> {
  const names = sql.join(columns.map(({ name }) => sql.id(name))).text
  return await session.row<Written>(
    `select count(*) as rows, cast(coalesce(sum(hash(${names})), 0) as varchar) as content from ${from}`,
  )
}

/** What the ledger says of a source that was read so far. */
export function currentOf(
  step: ReadStep,
  at: KnownCursor,
  { run, started }: { readonly run: string; readonly started: number },
): CurrentStep {
  const { stage, fingerprint } = pulledStep(step, pulledBy(at))
  const counts = { rows_in: null, rows_out: at.rows, rejected: 0, merged: 0, filtered: at.kept_out }
  const seconds = Math.round(performance.now() - started) / 1000
  return { ...counts, stage, fingerprint, run, seconds }
}

/** Throws `rows_lost` where a table does not hold the rows of its batches. */
export function assertHoldsBatches({ stage, rows }: KnownCursor, found: number): void {
  if (found === rows) return
  throw new SillageError({
    code: 'rows_lost',
    message: `"${stage}" breaks the law of conservation: its batches had ${rows} rows, its table has ${found}`,
    hint: 'this is an error of Sillage: please report it; sillage run --full-refresh reads it anew',
    exit: exitCode.failed,
    facts: { stage },
  })
}

/** For a backfill of a source that no run read as it is asked now. */
export function sourceNotRead(stage: string): SillageError {
  return new SillageError({
    code: 'source_not_read',
    message: `No run read "${stage}" as it is asked now, and a backfill asks no one`,
    hint: 'sillage run, then the backfill',
    exit: exitCode.failed,
    facts: { stage },
  })
}
