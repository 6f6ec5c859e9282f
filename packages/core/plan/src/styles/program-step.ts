import type { Column, Rows } from '@sillage/sdk'
import type { StepCommon } from '../step.ts'

/** Code over tables of its own. Always made whole. */
export interface ProgramStep extends StepCommon {
  readonly style: 'program'
  readonly rows: Rows
  /** What it reads, by role. */
  readonly relations: Readonly<Record<string, string>>
  readonly inputColumns: Readonly<Record<string, readonly Column[]>>
  /** Expressions of the configuration as SQL, by their text. */
  readonly expressions: Readonly<Record<string, string>>
  /** Undefined where it does not read the date. */
  readonly asOf: string | undefined
  readonly outputs: Readonly<Record<string, { readonly columns: readonly Column[] }>>
}
