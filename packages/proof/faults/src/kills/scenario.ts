import type { FaultPoint } from '@sillage/base'
import type { Files } from '../project.ts'

/** A pipeline and versions of its input, between which runs go to and fro. */
export interface Scenario {
  /** The pipeline's name. */
  readonly name: string
  readonly project: Files
  readonly versions: readonly Files[]
  /** Files that it delivers. */
  readonly delivers: readonly string[]
  readonly sendsMessages: boolean
  /** Where input comes from elsewhere than files: puts a version of it in place. */
  readonly show?: (version: number) => void
  /** Points at which most of its runs are to die, in the place of all. */
  readonly inside?: readonly FaultPoint[]
  /** True where a later version only adds to the one before: going back means to start afresh. */
  readonly onlyGrows?: boolean
}
