import type { readParams } from './params.ts'
import type { PipelineMart } from './pipeline.ts'
import type { StageText } from './read-stage.ts'

/** A pipeline as the file has it; only what `isPipelineText` looks at is sure of one with errors. */
export interface PipelineText extends Readonly<Record<string, unknown>> {
  readonly pipeline: string
  readonly description?: string
  readonly params?: Parameters<typeof readParams>[0]['declared']
  readonly as_of?: string
  readonly connections?: Readonly<Record<string, unknown>>
  readonly stages: Readonly<Record<string, StageText>>
  readonly marts?: Readonly<
    Record<
      string,
      Omit<PipelineMart, 'name' | 'from' | 'key' | 'columns'> & {
        readonly from: string
        readonly key?: readonly string[]
        readonly columns?: PipelineMart['columns']
      }
    >
  >
  readonly memory?: string
  readonly keep?: number
  readonly time_zone?: string
  readonly tags?: readonly string[]
}

/** A mart as the file has it. */
export type MartText = NonNullable<PipelineText['marts']>[string]

/** True of what holds stages, so that the rest of it can be read for its errors. */
export function isPipelineText(value: unknown): value is PipelineText {
  if (value === null || typeof value !== 'object' || Array.isArray(value)) return false
  return 'stages' in value && typeof value.stages === 'object' && value.stages !== null
}

/** The stages that name a plugin, in the order of the file. */
export function stageTexts({
  stages,
}: Pick<PipelineText, 'stages'>): readonly (readonly [string, StageText])[] {
  return Object.entries(stages).filter(([, stage]) => isMap(stage) && typeof stage.uses === 'string')
}

/** The marts that are maps, in the order of the file. */
export function martTexts({ marts }: Pick<PipelineText, 'marts'>): readonly (readonly [string, MartText])[] {
  return isMap(marts) ? Object.entries(marts).filter(([, mart]) => isMap(mart)) : []
}

export function isMap<T>(value: T | undefined): value is T & object {
  return value !== null && typeof value === 'object' && !Array.isArray(value)
}
