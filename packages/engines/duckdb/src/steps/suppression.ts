import type { SourceStep } from '@sillage/plan'
import { sql } from '@sillage/sdk'
import { stepTable, suppressedRecord } from '@sillage/steps'
import type { Workshop } from './workshop.ts'

/** Rows from a position on that were kept out. */
export async function countSuppressed(
  { stage, suppressed }: Pick<SourceStep, 'stage' | 'suppressed'>,
  first: number,
  { session }: Workshop,
): Promise<number> {
  if (suppressed.length === 0) return 0
  const { n } = await session.row<{ n: number }>(
    `select count(*) as n from ${stepTable(stage).text} where _forgotten and rowid >= ${first}`,
  )
  return n
}

/** Tells in the rejects of the run how many rows were kept out. */
export async function recordSuppressed(
  { stage, suppressed }: Pick<SourceStep, 'stage' | 'suppressed'>,
  kept: number,
  { session, order: { run } }: Workshop,
): Promise<void> {
  if (suppressed.length === 0) return
  const { code, message, rows } = suppressedRecord(stage, kept)
  await session.run(sql`delete from sillage.rejects where stage = ${stage} and code = ${code}`.text)
  if (rows === 0) return
  await session.run(
    sql`insert into sillage.rejects values (${run}, ${stage}, ${code}, null, ${message}, ${rows})`.text,
  )
}
