import { type KnownCursor, knownCursors } from '@sillage/ledger'
import type { ReadStep } from '@sillage/plan'
import { sql } from '@sillage/sdk'
import { keptOutBy } from '@sillage/steps'
import type { Session } from '../session.ts'
import { nextRow } from './narrow.ts'
import type { Workshop } from './workshop.ts'

/**
 * Where to go on. A cursor that does not belong to the rows of the table is none: nothing is skipped, and nothing comes twice. Rows that
 * are gone since someone asked to be forgotten are not read again.
 */
export async function knownOf(step: ReadStep, shop: Workshop): Promise<KnownCursor | undefined> {
  if (shop.order.sample !== undefined) return undefined
  const known = (await knownCursors(shop.session)).get(step.stage)
  if (known?.asked !== step.asked) return undefined
  const rows = await nextRow(step.stage, shop).catch(() => undefined)
  if (rows === known.rows) return known
  const areGone = rows !== undefined && rows < known.rows && known.suppressed !== keptOutBy(step)
  return areGone ? known : undefined
}

/** The fingerprint under which the ledger knows a stage. */
export async function recordedFingerprint(session: Session, stage: string): Promise<string | undefined> {
  const [found] = await session.rows<{ fingerprint: string }>(
    sql`select fingerprint from sillage.current where stage = ${stage}`.text,
  )
  return found?.fingerprint
}
