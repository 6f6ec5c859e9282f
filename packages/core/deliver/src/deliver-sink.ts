import { deliverFiles } from './deliver-files.ts'
import { deliverMessages } from './deliver-messages.ts'
import {
  type DeliverPort,
  type DeliveryOutcome,
  type Sending,
  type SendingFile,
  type SendingPort,
  writesFiles,
} from './deliver-port.ts'
import { foreseeSink } from './foresee.ts'

/** Rows of what a sink would deliver. */
export async function payloadRows(
  { payload }: Pick<Sending, 'payload'>,
  { session }: DeliverPort,
): Promise<number> {
  return (await session.row<{ n: number }>(`select count(*) as n from (${payload})`)).n
}

/** Delivers what is due of a sink. A receiver that fails is told in the outcome; throws what else goes wrong. */
export async function deliverSink(step: SendingFile, port: SendingPort): Promise<DeliveryOutcome> {
  if (writesFiles(step)) return await deliverFiles(step, port)
  if (port.rules.notSent === undefined) return await deliverMessages(step, port)
  const { counts } = await foreseeSink(step, port)
  return { destination: port.rules.notSent, status: 'not_sent', counts }
}
