import type { MessagePort } from 'node:worker_threads'
import type { BatchLimits, ModelJson, NumericColumns, Rows } from '@sillage/sdk'
import type { Column } from '@sillage/sql'
import type { BatchMessage } from '@sillage/sql/arrow'
import type { RecordBatch } from 'apache-arrow'
import type { Beside } from './beside.ts'

/** Which code a worker loads, and with what. Loaded and opened once a worker for each module and configuration. */
export interface PluginCall {
  /** The plugin's name, for errors. */
  readonly plugin: string
  /** File URL of the module whose default export is the plugin. */
  readonly module: string
  readonly config: unknown
}

/** What a step does to each batch: columns in, columns out. */
export interface StepCall extends PluginCall {
  /** The columns of the batches, in order. */
  readonly reads: readonly Column[]
  /** The columns that must come back, as `returnedColumns` has them. */
  readonly output: readonly Column[]
}

/** One batch of a batch plugin. */
export interface BatchCall extends StepCall {
  readonly kind: 'batch'
  /** What the plugin does to rows. */
  readonly rows: Rows
  /** Rules of the plugin: with any, `_reject` comes back as the last column. */
  readonly rejects: number
  /** Columns of the further outputs, by name. */
  readonly outputs: Readonly<Record<string, readonly Column[]>>
  readonly limits: BatchLimits
  /** What else the plugin reads; absent where it reads nothing else. */
  readonly beside?: Beside
}

/** One batch to score with a fitted model. */
export interface ApplyCall extends StepCall {
  readonly kind: 'apply'
  readonly model: ModelJson
}

/** Fitting a model. */
export interface FitTask extends PluginCall {
  readonly kind: 'fit'
  readonly asOf: string
  /** Their buffers move to the worker. */
  readonly data: NumericColumns
}

/** Running a program; its tables are served through `port`. */
export interface ProgramTask extends PluginCall {
  readonly kind: 'program'
  /** Undefined where the plugin does not read it. */
  readonly asOf: string | undefined
  /** SQL of the inputs, by role. */
  readonly relations: Readonly<Record<string, string>>
  readonly columns: Readonly<Record<string, readonly Column[]>>
  /** SQL of the expressions of the configuration, by their text. */
  readonly expressions: Readonly<Record<string, string>>
  /** In which its tables stand. */
  readonly schema: string
  readonly port: MessagePort
}

export type Call = BatchCall | ApplyCall

/** A call with its rows; `firstRow` counts from 0 over the whole input. Through `port` its thread says what it notes. */
export type BatchTask = Call & {
  readonly message: BatchMessage
  readonly firstRow: number
  readonly port?: MessagePort
}

/** What comes back of a batch: its rows, and those of further outputs that it has, by name. */
export interface Passed<B = RecordBatch> {
  readonly rows: B
  readonly outputs: Readonly<Record<string, B>>
}

export type Task = BatchTask | FitTask | ProgramTask

/** What went wrong inside a plugin, as plain data: errors lose their class on the way between threads. */
export interface PluginFault {
  readonly phase: 'load' | 'open' | 'run' | 'output' | 'memory'
  readonly name: string
  readonly message: string
  readonly stack: string | undefined
  /** Of a SillageError that the plugin threw itself. */
  readonly code?: string
  readonly hint?: string | undefined
  readonly retryable?: boolean
}

export type Reply<T> = { readonly value: T } | { readonly fault: PluginFault }
