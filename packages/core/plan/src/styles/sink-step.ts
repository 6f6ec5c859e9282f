import type { DeliveryMode } from '@sillage/sdk'
import type { StepCommon } from '../step.ts'

/** What the engine itself decides of a delivery. */
export interface SinkDelivery {
  readonly mode: DeliveryMode
  /** The columns by which the receiver knows a row; none: the whole row. */
  readonly key: readonly string[]
  /** The share of the accepted rows that a mirror may remove at once, in [0, 1]. */
  readonly maxRemoved: number
  /** Where it goes, as the configuration says it; of files, their paths in the project, a line each. */
  readonly destination: string
  /** True where several environments that send may deliver to the one destination. */
  readonly shared: boolean
}

export interface SinkStep extends StepCommon {
  readonly style: 'sink'
  readonly payload: string
  readonly delivery: SinkDelivery
  readonly files: readonly {
    /** Reads what is due under the name `payloadName`. */
    readonly select: string
    readonly path: string
    readonly format: 'csv' | 'parquet' | 'json'
    readonly options: Readonly<Record<string, string | number | boolean>>
  }[]
}
