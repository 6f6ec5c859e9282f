import type { Column } from '@sillage/sdk'
import type { StepCommon } from '../step.ts'

export interface BatchStep extends StepCommon {
  readonly style: 'batch'
  readonly rows: 'same'
  readonly incremental: 'by_row'
  /** The relation that is read. */
  readonly input: string
  readonly inputColumns: readonly Column[]
  readonly reads: readonly string[]
  readonly drops: readonly string[]
  readonly makes: readonly Column[]
  /** True where refused rows carry `_file` and `_line`. */
  readonly provenance: boolean
  /** True where all rows do, for a step behind it that refuses rows. */
  readonly carries: boolean
}
