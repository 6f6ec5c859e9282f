import type { Pipeline, PipelineStage, StageRef } from '@sillage/pipeline'

/** Who reads a stage's main relation. */
export interface Readers {
  readonly stages: readonly PipelineStage[]
  readonly marts: number
  readonly checks: number
}

/** Readers of each stage, further outputs left aside. */
export function readersOf(pipeline: Pipeline): ReadonlyMap<string, Readers> {
  const reads = (ref: StageRef, name: string): boolean => ref.stage === name && ref.output === undefined
  return new Map(
    pipeline.stages.map(({ name }) => [
      name,
      {
        stages: pipeline.stages.filter((stage) =>
          Object.values(stage.inputs)
            .flat()
            .some((ref) => reads(ref, name)),
        ),
        marts: pipeline.marts.filter((mart) => reads(mart.from, name)).length,
        checks: pipeline.stages
          .flatMap((stage) => stage.expect)
          .filter((check) => check.kind === 'relationships' && check.to === name).length,
      },
    ]),
  )
}
