import type { Plugin, PluginOf, Style } from '@sillage/sdk'
import { compileBatch } from './batch.ts'
import type { BatchStep } from './batch-step.ts'
import type { Compiled, StyleFacts } from './common.ts'
import { compileModel } from './model.ts'
import type { ModelStep } from './model-step.ts'
import { compileProgram } from './program.ts'
import type { ProgramStep } from './program-step.ts'
import { compileSink } from './sink.ts'
import type { SinkStep } from './sink-step.ts'
import { compileSource } from './source.ts'
import type { SourceStep } from './source-step.ts'
import { compileSql } from './sql.ts'
import type { SqlPlanStep } from './sql-step.ts'

/** The list of steps by style. */
export type Step = SourceStep | SqlPlanStep | BatchStep | ModelStep | ProgramStep | SinkStep

export type StepOf<S extends Step['style']> = Extract<Step, { readonly style: S }>

/** A step without what is told when it is whole: its parts and their fingerprint. */
export type CompiledStep = { readonly [S in Step['style']]: Compiled<StepOf<S>> }[Step['style']]

/** How the stages of one style are compiled. */
interface PlanStyle<P extends Plugin> {
  readonly compile: (facts: StyleFacts<P>) => CompiledStep | Promise<CompiledStep>
  /** Whether secrets are put in place for the plugin; elsewhere they are refused where they are written. */
  readonly readsSecrets: (plugin: P) => boolean
}

type Styles = { readonly [S in Style]: PlanStyle<PluginOf<S>> }

const never = (): boolean => false

const styles: Styles = {
  source: { compile: compileSource, readsSecrets: (plugin) => 'read' in plugin && plugin.read !== undefined },
  sql: { compile: compileSql, readsSecrets: never },
  batch: { compile: compileBatch, readsSecrets: () => true },
  model: { compile: compileModel, readsSecrets: never },
  program: { compile: compileProgram, readsSecrets: never },
  sink: { compile: compileSink, readsSecrets: (plugin) => plugin.write !== undefined },
}

/** How a stage is compiled, by the style of its plugin. */
export function planStyleOf<P extends Plugin>({ style }: P): PlanStyle<P> {
  return styles[style] as unknown as PlanStyle<P>
}
