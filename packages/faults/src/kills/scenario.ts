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
}
