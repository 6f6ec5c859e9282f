import type { MessageFacts } from '@sillage/sdk'
import type { Session } from '@sillage/sql'
import type { MessageReceipt } from './message-receipt.ts'
import type { Message } from './outbox.ts'
import type { DeliveryFolders, DeliveryPlace } from './place.ts'

/** What a book is opened with. */
export interface BookFacts {
  readonly session: Session
  readonly folders: DeliveryFolders
  /** Folder of the key of the hashes. */
  readonly keyFolder: string
  readonly place: DeliveryPlace
  /** Where files of this run may stand until the book is closed. */
  readonly scratch: string
  /** Where it goes, as the configuration says it. */
  readonly destination: string
  readonly pipeline: string
  readonly run: string
  readonly now: () => Date
  /** Where the tables stand: a schema of the working database, or of one in memory beside it where that is open for reading only. */
  readonly schema: readonly string[]
  readonly keeps: boolean
  /** Told of messages that are settled, once they are part of the state. */
  readonly onSettled?: ((receipts: readonly MessageReceipt[]) => void) | undefined
}

/** Messages of one commit. */
export interface Wave {
  readonly name: string
  readonly messages: readonly Message[]
}

/** What of a message the engine renders, and what a sink makes its text of. */
export type BodyFacts = Pick<MessageFacts<unknown>, 'rows' | 'removed' | 'timestamp'>
