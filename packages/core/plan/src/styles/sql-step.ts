import type { Column, Incremental, Rows } from '@sillage/sdk'
import type { StepCommon } from '../step.ts'

export interface SqlPlanStep extends StepCommon {
  readonly style: 'sql'
  readonly select: string
  readonly rows: Rows
  readonly incremental: Incremental
  /** Of a step that is incremental by key. */
  readonly key: readonly string[]
  /** Columns that the configuration says are made here: all others leave as they came. */
  readonly creates: readonly string[]
  /** All that a column may hold, by its name, where the plugin knows. */
  readonly values?: Readonly<Record<string, readonly string[]>>
  /** True where refused rows carry `_file` and `_line`. */
  readonly provenance: boolean
  /** True where all rows do, for a step behind it that refuses rows. */
  readonly carries: boolean
  readonly outputs: Readonly<Record<string, { readonly select: string; readonly columns: readonly Column[] }>>
}
