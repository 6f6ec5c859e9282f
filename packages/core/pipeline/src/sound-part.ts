import type { Diagnostic } from '@sillage/base'
import type { PipelineMart, PipelineStage, StageRef } from './pipeline.ts'
import type { Locator } from './yaml-source.ts'

interface PartFacts {
  /** The keys of the file's top, and of all its stages. */
  readonly keys: readonly string[]
  readonly names: readonly string[]
  /** Stages that could be read, and marts, with or without errors. */
  readonly stages: readonly PipelineStage[]
  readonly marts: readonly PipelineMart[]
  readonly errors: readonly Diagnostic[]
  readonly locate: Locator
}

/**
 * What of a pipeline with errors can still be compiled, so that the errors in it are told at once with the others: the stages without an
 * error of their own that read only such stages, in that order, and their marts. Nothing where an error stands in what all of them read.
 * A stage whose only fault is a key too much is compiled too, for what else is wrong in it; what reads it is not: it may miss what the key
 * was meant to do.
 */
export function soundPart({
  keys,
  names,
  stages,
  marts,
  errors,
  locate,
}: PartFacts):
  | { readonly stages: readonly PipelineStage[]; readonly marts: readonly PipelineMart[] }
  | undefined {
  const places = [
    ...keys.map((key) => ({ name: `/${key}`, span: locate.key([key]) })),
    ...names.map((name) => ({ name: `stage ${name}`, span: locate.key(['stages', name]) })),
    ...marts.map(({ name }) => ({ name: `mart ${name}`, span: locate.key(['marts', name]) })),
  ]
  /** The last key before an error. */
  const placeOf = ({ line = 0, column = 0 }: Diagnostic): string | undefined =>
    places
      .filter(({ span }) => span && (span.line < line || (span.line === line && span.column <= column)))
      .sort((a, b) => a.span!.line - b.span!.line || a.span!.column - b.span!.column)
      .at(-1)?.name
  const bad = new Set(errors.filter(({ code }) => code !== 'key_unknown').map(placeOf))
  const doubtful = new Set(errors.filter(({ code }) => code === 'key_unknown').map(placeOf))
  if ([undefined, '/pipeline', '/as_of', '/params'].some((place) => bad.has(place))) return undefined
  const sound: PipelineStage[] = []
  const isThere = ({ stage }: StageRef): boolean =>
    !doubtful.has(`stage ${stage}`) && sound.some(({ name }) => name === stage)
  const left = stages.filter(({ name }) => !bad.has(`stage ${name}`))
  for (;;) {
    const next = left.findIndex((stage) => references(stage).every(isThere))
    if (next < 0) break
    sound.push(...left.splice(next, 1))
  }
  return {
    stages: sound,
    marts: marts.filter(
      ({ name, from }) => !bad.has(`mart ${name}`) && !doubtful.has(`mart ${name}`) && isThere(from),
    ),
  }
}

function references({ inputs, expect }: Pick<PipelineStage, 'inputs' | 'expect'>): readonly StageRef[] {
  const related = expect.flatMap((check) => (check.kind === 'relationships' ? [{ stage: check.to }] : []))
  return [...Object.values(inputs).flat(), ...related]
}
