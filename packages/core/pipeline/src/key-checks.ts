import type { Expectation, PipelineMart } from './pipeline.ts'

/** The checks that a mart's key implies. */
export function keyChecks(mart: PipelineMart): readonly Expectation[] {
  if (mart.key.length === 0) return []
  return [
    { kind: 'not_null', columns: mart.key, severity: 'error', name: `key of ${mart.name} is not null` },
    { kind: 'unique', columns: mart.key, severity: 'error', name: `key of ${mart.name} is unique` },
  ]
}
