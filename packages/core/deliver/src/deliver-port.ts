import type { Ledger } from '@sillage/ledger'
import type { Plan, SinkStep } from '@sillage/plan'
import type { OpenDatabase, Session } from '@sillage/sql'
import type { State } from '@sillage/state'

/** What a delivery needs of the run that it is part of. */
export interface DeliverPort {
  readonly plan: Pick<Plan, 'pipeline' | 'project' | 'file' | 'asOf' | 'places'>
  readonly run: DeliveringRun
  readonly rules: DeliveryRules
  readonly session: Session
  readonly openDatabase: OpenDatabase
  readonly state: State
  readonly secret: (name: string) => string
  /** Says something of a stage, without values of customers. */
  readonly note: (stage: string, text: string) => void
}

export interface DeliveringRun {
  readonly id: string
  readonly command: string
  readonly signal: AbortSignal
  readonly now: () => Date
}

/** What this run may do at receivers. */
export interface DeliveryRules {
  /** Why no message leaves; undefined where they may. */
  readonly notSent: string | undefined
  /** Stages whose mirrors may remove more than `max_removed` this once. */
  readonly allowRemovals: readonly string[]
  readonly fullRefresh: boolean
}

/** What a delivery needs that sends, rather than foresees or looks. */
export interface SendingPort extends DeliverPort {
  /** Tells the ledger why the receiver refused rows. */
  readonly recordRejects: Ledger['recordRejects']
}

/** What a delivery reads of its step. */
export type Sending = Pick<
  SinkStep,
  'stage' | 'plugin' | 'module' | 'config' | 'connection' | 'columns' | 'payload' | 'delivery' | 'files'
>

/** What the delivery of a file knows beside: what its rows come from. */
export type SendingFile = Sending & Pick<SinkStep, 'fingerprint'>

/** How a delivery ended, in rows. `rows` = `sent` + `known` + `refused` + `held`, where nothing waited from before. */
export interface DeliveryCounts {
  /** Rows of the payload; equal ones count once where there is no key. */
  readonly rows: number
  /** Equal rows beyond the first. */
  readonly merged: number
  /** New or changed, with those that wait in messages. */
  readonly due: number
  /** Accepted by the receiver in this run; of a dry run: would be sent. */
  readonly sent: number
  /** Already there. */
  readonly known: number
  /** The receiver will not take them as they are: now, or earlier and not changed since. */
  readonly refused: number
  /** Due, and still here. */
  readonly held: number
  /** Keys that were told as removed; of a dry run: would be told. */
  readonly removed: number
  readonly messages: number
}

export const noCounts: DeliveryCounts = {
  rows: 0,
  merged: 0,
  due: 0,
  sent: 0,
  known: 0,
  refused: 0,
  held: 0,
  removed: 0,
  messages: 0,
}

export interface DeliveryFailure {
  readonly code: string
  readonly message: string
  readonly hint?: string | undefined
  /** Keys that are concerned, for who looks at the result: never in a journal, and none where the key is personal. */
  readonly examples?: readonly string[]
}

/** What became of a sink. */
export interface DeliveryOutcome {
  readonly destination: string
  readonly status: 'sent' | 'known' | 'failed' | 'not_sent'
  readonly counts: DeliveryCounts
  /** Why it failed, or why something stays here. */
  readonly failure?: DeliveryFailure
}

/** Whether a step writes files rather than sending messages. */
export function writesFiles(step: Pick<SinkStep, 'files'>): boolean {
  return step.files.length > 0
}
