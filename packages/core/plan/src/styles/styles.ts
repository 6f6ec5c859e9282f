import type { Plugin, Style } from '@sillage/sdk'
import { compileBatch } from './batch.ts'
import type { CompiledStep, StyleFacts } from './common.ts'
import { compileModel } from './model.ts'
import { compileProgram } from './program.ts'
import { compileSink } from './sink.ts'
import { compileSource } from './source.ts'
import { compileSql } from './sql.ts'

/** How the stages of one style are compiled. */
interface PlanStyle<P extends Plugin> {
  readonly compile: (facts: StyleFacts<P>) => CompiledStep | Promise<CompiledStep>
  /** Whether secrets are put in place for the plugin; elsewhere they are refused where they are written. */
  readonly readsSecrets: (plugin: P) => boolean
}

type Styles = { readonly [S in Style]: PlanStyle<Extract<Plugin, { readonly style: S }>> }

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
