import type { BatchLimits, Column, Rows } from '@sillage/sdk'
import type { StepCommon } from '../step.ts'

export interface BatchStep extends StepCommon {
  readonly style: 'batch'
  readonly rows: Rows
  readonly incremental: 'by_row' | 'by_key'
  /** Of a step that is incremental by key: its rows are read in the order of these columns, a group in one batch. */
  readonly key: readonly string[]
  /** The relation that is read. */
  readonly input: string
  readonly inputColumns: readonly Column[]
  readonly reads: readonly string[]
  /** What of other inputs each worker gets as a whole, by role. */
  readonly beside: Readonly<
    Record<string, { readonly relation: string; readonly columns: readonly Column[] }>
  >
  readonly limits: BatchLimits
  readonly drops: readonly string[]
  readonly makes: readonly Column[]
  /** True where refused rows carry `_file` and `_line`. */
  readonly provenance: boolean
  /** True where all rows do, for a step behind it that refuses rows. */
  readonly carries: boolean
  readonly outputs: Readonly<Record<string, { readonly columns: readonly Column[] }>>
}
