import type { Pipeline, PipelineMart, Places, SectionTable } from '@sillage/pipeline'
import type { Step } from './styles/styles.ts'

/** What will run: frozen, plain, printable. Steps are in an order in which they can run; sinks come last. */
export interface Plan {
  readonly pipeline: string
  readonly description: string | undefined
  readonly file: string
  readonly project: string
  readonly places: Places
  readonly asOf: string | undefined
  readonly asOfSource: Pipeline['asOfSource']
  readonly timeZone: string
  /** Values of the parameters that are no dates. */
  readonly params: Pipeline['params']
  readonly steps: readonly Step[]
  readonly marts: readonly PipelineMart[]
  readonly memory: string | undefined
  readonly keep: number
  /** Keys of apps that the marts tell; no step reads them. */
  readonly sections: Readonly<Record<string, PlannedSection>>
}

/** The value of a section, and the tables of the mart that tell it. */
export interface PlannedSection {
  readonly value: unknown
  readonly tables: readonly SectionTable[]
}
