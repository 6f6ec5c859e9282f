import type { Database, Session } from '@sillage/duckdb'
import type { Step } from '@sillage/plan'
import type { MadeRows, OpenOrder } from '@sillage/steps'
import type { Change, SnapshotStore } from './snapshot.ts'

/** What the making of steps needs of a store that is open for a run. */
export interface Workshop {
  /** Holds views and what a statement needs while it runs, and nothing that is kept. */
  readonly database: Database
  readonly session: Session
  readonly store: SnapshotStore
  readonly order: OpenOrder
  readonly partitions: number
  readonly steps: ReadonlyMap<string, Step>
}

/** Files that no snapshot names yet, and what the ledger will say beside their counts. */
export interface Making {
  readonly rows: MadeRows
  readonly change: Change
  /** What goes once the snapshot names them. */
  readonly committed?: () => Promise<void>
}
