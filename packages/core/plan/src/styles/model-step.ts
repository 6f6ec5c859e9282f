import type { Column } from '@sillage/sdk'
import type { StepCommon, StepWarning } from '../step.ts'

export interface ModelStep extends StepCommon {
  readonly style: 'model'
  readonly rows: 'same' | 'group'
  readonly units: string
  readonly unitColumns: readonly Column[]
  readonly statistics: string
  readonly reads: readonly string[]
  readonly makes: readonly Column[]
  /** Counted over the units. */
  readonly unitWarnings: readonly StepWarning[]
  readonly asOf: string
}
