import type { Locator, Pipeline } from '@sillage/pipeline'
import type { Plugin } from '@sillage/sdk'
import type { Readers } from './graph.ts'
import type { Binder, Files } from './ports.ts'
import type { AnyStep } from './step.ts'
import type { Suppressed } from './suppress.ts'

/** What compiling a stage needs beside the stage. */
export interface CompileContext {
  readonly pipeline: Pipeline
  readonly binder: Binder
  readonly files: Files
  readonly locate: Locator
  readonly plugins: ReadonlyMap<string, Plugin>
  readonly readers: ReadonlyMap<string, Readers>
  /** Stages of which a step behind them wants to know where their rows stand. */
  readonly placesAsked: ReadonlySet<string>
  /** Steps compiled so far, by stage; a stage that failed is absent. */
  readonly steps: ReadonlyMap<string, AnyStep>
  /** Who is kept out of a source with these columns. */
  readonly suppressed: (source: string, columns: readonly string[]) => readonly Suppressed[]
  /** Read where a connection is opened to look at files. Throws `secret_missing`. */
  readonly secret: (name: string) => string
  readonly signal: AbortSignal
}
