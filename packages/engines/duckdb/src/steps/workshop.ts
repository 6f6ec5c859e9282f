import type { Step } from '@sillage/plan'
import type { OpenOrder } from '@sillage/steps'
import type { Database } from '../database.ts'
import type { Session } from '../session.ts'

/** What the making of steps needs of a working database that is open for a run. */
export interface Workshop {
  readonly database: Database
  /** On which steps are written; its statements run one after the other. */
  readonly session: Session
  readonly order: OpenOrder
  /** Those of the plan, by stage. */
  readonly steps: ReadonlyMap<string, Step>
}
