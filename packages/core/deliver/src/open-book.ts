import { type SinkStep, temporaryFolder } from '@sillage/plan'
import { type Column, sql } from '@sillage/sdk'
import type { DeliverPort } from './deliver-port.ts'
import { DeliveryBook } from './delivery-book.ts'
import type { Payload } from './due.ts'
import type { MessageReceipt } from './message-receipt.ts'
import { deliveryFolders } from './place.ts'

export type BookPort = Pick<DeliverPort, 'plan' | 'run' | 'session' | 'now'> & {
  readonly schema?: readonly string[]
  readonly keeps?: boolean
  readonly onSettled?: (receipts: readonly MessageReceipt[]) => void
}

/** The schema of the tables of deliveries in the working database: all of them can be deleted. */
export const deliverSchema = 'deliver'

/** The book of a sink. */
export async function openBook(
  step: Pick<SinkStep, 'stage' | 'delivery' | 'files'>,
  { plan, run, session, now, schema = [deliverSchema], keeps = true, onSettled }: BookPort,
): Promise<DeliveryBook> {
  const { destination, key, mode } = step.delivery
  return await DeliveryBook.open({
    session,
    folders: deliveryFolders(plan.places.state, plan.pipeline),
    keyFolder: plan.places.suppressions,
    place: { stage: step.stage, destination: shownDestination(step), key, mode },
    scratch: temporaryFolder(plan.places, plan.pipeline),
    destination,
    pipeline: plan.pipeline,
    run,
    now,
    schema,
    keeps,
    onSettled,
  })
}

export function payloadOf(step: SinkStep): Payload {
  return {
    select: sql.trusted(step.payload),
    columns: step.columns as readonly Column[],
    key: step.delivery.key,
    mode: step.delivery.mode,
  }
}

/** A destination as people are told it: what follows a question mark may hold a token, and so may what stands before an @. */
export function shownDestination({ delivery, files }: Pick<SinkStep, 'delivery' | 'files'>): string {
  if (files.length > 0) return delivery.destination.replaceAll('\n', ', ')
  return delivery.destination
    .replaceAll(/\?[^"\s]*/g, '')
    .replaceAll(/\/\/[^/@"\s]*@/g, '//')
    .replaceAll(/\$\{secret:[^}]*\}/g, '…')
}
