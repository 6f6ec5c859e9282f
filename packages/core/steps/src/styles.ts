import type { Step, StepOf } from '@sillage/plan'
import { batchStyle } from './batch.ts'
import type { StoredStep } from './engine.ts'
import { modelStyle } from './model.ts'
import { programStyle } from './program.ts'
import { sourceStyle } from './source.ts'
import { sqlStyle } from './sql.ts'
import type { StepStyle } from './style.ts'

type Styles = { readonly [K in StoredStep['style']]: StepStyle<StepOf<K>> }

const styles: Styles = {
  source: sourceStyle,
  sql: sqlStyle,
  batch: batchStyle,
  model: modelStyle,
  program: programStyle,
}

/** How a step is made, by its style. */
export function styleOf<S extends StoredStep>({ style }: S): StepStyle<S> {
  return styles[style] as unknown as StepStyle<S>
}

/** Whether a step of a plan runs code of plugins while it is made. */
export function worksInWorkers(step: Step): boolean {
  return step.style !== 'sink' && styleOf(step).worksInWorkers
}
