import { temporaryFolder } from '@sillage/plan'
import { type Column, sql } from '@sillage/sdk'
import type { DeliverPort, Sending } from './deliver-port.ts'
import { DeliveryBook } from './delivery-book.ts'
import type { Payload } from './due.ts'
import type { MessageReceipt } from './message-receipt.ts'
import { deliveryFolders } from './place.ts'

/** What a book needs of the run that opens it. */
export interface BookPort extends Pick<DeliverPort, 'plan' | 'session'> {
  readonly run: string
  readonly now: () => Date
  readonly schema?: readonly string[]
  readonly keeps?: boolean
  readonly onSettled?: (receipts: readonly MessageReceipt[]) => void
}

/** The schema of the tables of deliveries in the working database: all of them can be deleted. */
export const deliverSchema = 'deliver'

/** The book of a sink. */
export async function openBook(
  step: Pick<Sending, 'stage' | 'delivery' | 'files'>,
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

export function payloadOf(step: Pick<Sending, 'payload' | 'columns' | 'delivery'>): Payload {
  return {
    select: sql.trusted(step.payload),
    columns: step.columns as readonly Column[],
    key: step.delivery.key,
    mode: step.delivery.mode,
  }
}

/** A destination as people are told it: what follows a question mark may hold a token, and so may what stands before an @. */
export function shownDestination({ delivery, files }: Pick<Sending, 'delivery' | 'files'>): string {
  if (files.length > 0) return delivery.destination.replaceAll('\n', ', ')
  return delivery.destination
    .replaceAll(/\?[^"\s]*/g, '')
    .replaceAll(/\/\/[^/@"\s]*@/g, '//')
    .replaceAll(/\$\{secret:[^}]*\}/g, '…')
}
