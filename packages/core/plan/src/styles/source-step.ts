import type { AnyStep, StepCommon } from '../step.ts'
import type { Suppressed } from '../suppress.ts'

export interface SourceStep extends StepCommon {
  readonly style: 'source'
  readonly select: string
  readonly files: readonly string[]
  readonly provenance: boolean
  /** A select of the rows that the scan refused. */
  readonly refused: string | undefined
  /** The rows that were not there when the source had the fingerprint `since`. */
  readonly appended:
    | { readonly since: string; readonly select: string; readonly refused: string | undefined }
    | undefined
  readonly attach: { readonly path: string; readonly alias: string } | undefined
  /** True where what files held is kept, so that one that grew can be compared. */
  readonly followsGrowth?: boolean
  /** Selects of its files one by one, where reading one may fail. */
  readonly each?: readonly { readonly shown: string; readonly select: string }[]
  readonly detected: Readonly<Record<string, string>>
  /** Of a source that is read batch by batch: hash of what a cursor belongs to. A cursor of another is none. */
  readonly asked: string | undefined
  /** True where it is read whole each time: it has no cursor. */
  readonly whole?: boolean
  /** Who asked to be forgotten: their rows are kept out. */
  readonly suppressed: readonly Suppressed[]
}

/** A source that is read batch by batch. */
export type ReadStep = SourceStep & { readonly asked: string }

export function isRead(step: AnyStep): step is ReadStep {
  return step.style === 'source' && 'asked' in step && step.asked !== undefined
}
