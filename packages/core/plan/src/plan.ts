import type { Expectation, Pipeline, PipelineMart, Places, SectionTable } from '@sillage/pipeline'
import type {
  BatchLimits,
  Column,
  ConnectionRef,
  DeliveryMode,
  Incremental,
  PluginName,
  RejectRule,
  Rows,
  Stage,
  Warning,
} from '@sillage/sdk'
import type { Suppressed } from './suppress.ts'

/** Where a relation stands in the working database. */
export interface RelationName {
  readonly schema: string
  readonly table: string
}

/** A file as a fingerprint sees it: its base name, never its folder. */
export interface FileState {
  readonly name: string
  readonly size: number
  /** Milliseconds since 1970, whole. */
  readonly modified: number
  /** Time of change of a file that the samples do not cover; 0 of one that they do. */
  readonly changed: number
  /** Of head, middle and tail. */
  readonly hash: string
  /** The path as rows tell it, relative to the pipeline's file: only of sources whose rows, or refused lines, say where they stand. */
  readonly shown?: string
}

/** The values that a step's fingerprint hashes, by name: two of them say what changed. */
export interface StepParts {
  /** Hash of the plugin's module. */
  readonly plugin: string
  /** The version of DuckDB that computes it; null for a source that is read batch by batch: its rows come from elsewhere. */
  readonly duckdb: string | null
  readonly config: Readonly<Record<string, unknown>>
  /** What of its connection says which data stand behind it; absent where nothing does. */
  readonly connection?: unknown
  /** The as-of date, where the step reads it. */
  readonly as_of: string | null
  /** Fingerprint of each input, and which of its outputs is read. */
  readonly inputs: readonly {
    readonly role: string
    readonly stage: string
    readonly output: string | null
    readonly fingerprint: string
  }[]
  readonly files: readonly FileState[]
  readonly columns: readonly Column[]
  readonly provenance: boolean
  /** Of a source whose scan may refuse lines: the name under which they are kept, and by which those behind it number theirs. */
  readonly named?: string
  /** Hash of who is kept out of a source; absent where nobody is. */
  readonly suppressed?: string
  /** Of a source that is read batch by batch: what was read so far; absent where nothing was. */
  readonly pulled?: Pulled
}

/** The state of a source that is read batch by batch. It changes when rows come, and only then. */
export interface Pulled {
  readonly rows: number
  /** Sum of the hashes of the rows. */
  readonly content: string
  /** Hash of the cursor behind the last row. */
  readonly cursor: string
}

/** A warning; with `counts`, an aggregate in SQL, only where it gives more than 0. */
export type StepWarning = Warning & { readonly counts?: string }

interface StepCommon {
  readonly stage: string
  readonly plugin: PluginName
  /** File URL of the plugin's module, for workers and sinks. */
  readonly module: string
  readonly kind: Stage
  /** References by role, as the pipeline writes them (`lines`, `people.merged`). */
  readonly inputs: Readonly<Record<string, readonly string[]>>
  /** Columns of the relation, without reserved ones. */
  readonly columns: readonly Column[]
  /** Why the step is a table of its own; undefined where it is a view. */
  readonly stored: string | undefined
  /** The stored step in whose statement this one is computed. */
  readonly fusedInto: string | undefined
  readonly fingerprint: string
  readonly parts: StepParts
  readonly config: Readonly<Record<string, unknown>>
  /** The connection of the stage; absent where it names none. */
  readonly connection?: ConnectionRef
  readonly expect: readonly Expectation[]
  readonly onReject: 'quarantine' | 'fail'
  readonly tags: readonly string[]
  readonly rejects: readonly RejectRule[]
  /** Further outputs, by name: of styles that have any. */
  readonly outputs?: Readonly<Record<string, { readonly columns: readonly Column[] }>>
  /** What must not go unseen: known now, or counted over the accepted rows once they are there. */
  readonly warnings?: readonly StepWarning[]
  /** False where the rows that the step says to have read are counted in its input as well. */
  readonly proven: boolean
}

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

export function isRead(step: Step): step is ReadStep {
  return step.style === 'source' && step.asked !== undefined
}

export interface SqlPlanStep extends StepCommon {
  readonly style: 'sql'
  readonly select: string
  readonly rows: Rows
  readonly incremental: Incremental
  /** Of a step that is incremental by key. */
  readonly key: readonly string[]
  /** Columns that the configuration says are made here: all others leave as they came. */
  readonly creates: readonly string[]
  /** All that a column may hold, by its name, where the plugin knows. */
  readonly values?: Readonly<Record<string, readonly string[]>>
  /** True where refused rows carry `_file` and `_line`. */
  readonly provenance: boolean
  /** True where all rows do, for a step behind it that refuses rows. */
  readonly carries: boolean
  readonly outputs: Readonly<Record<string, { readonly select: string; readonly columns: readonly Column[] }>>
}

export interface BatchStep extends StepCommon {
  readonly style: 'batch'
  readonly rows: Rows
  readonly incremental: 'by_row' | 'by_key'
  /** Of a step that is incremental by key: its rows are read in the order of these columns, a group in one batch. */
  readonly key: readonly string[]
  /** The relation that is read. */
  readonly input: string
  readonly inputColumns: readonly Column[]
  readonly reads: readonly string[]
  /** What of other inputs each worker gets as a whole, by role. */
  readonly beside: Readonly<
    Record<string, { readonly relation: string; readonly columns: readonly Column[] }>
  >
  readonly limits: BatchLimits
  readonly drops: readonly string[]
  readonly makes: readonly Column[]
  /** True where refused rows carry `_file` and `_line`. */
  readonly provenance: boolean
  /** True where all rows do, for a step behind it that refuses rows. */
  readonly carries: boolean
  readonly outputs: Readonly<Record<string, { readonly columns: readonly Column[] }>>
}

export interface ModelStep extends StepCommon {
  readonly style: 'model'
  readonly rows: 'same' | 'group'
  readonly units: string
  readonly unitColumns: readonly Column[]
  readonly statistics: string
  readonly reads: readonly string[]
  readonly makes: readonly Column[]
  /** Counted over the units. */
  readonly unitWarnings: readonly StepWarning[]
  readonly asOf: string
}

/** Code over tables of its own. Always made whole. */
export interface ProgramStep extends StepCommon {
  readonly style: 'program'
  readonly rows: Rows
  /** What it reads, by role. */
  readonly relations: Readonly<Record<string, string>>
  readonly inputColumns: Readonly<Record<string, readonly Column[]>>
  /** Expressions of the configuration as SQL, by their text. */
  readonly expressions: Readonly<Record<string, string>>
  /** Undefined where it does not read the date. */
  readonly asOf: string | undefined
  readonly outputs: Readonly<Record<string, { readonly columns: readonly Column[] }>>
}

/** What the engine itself decides of a delivery. */
export interface SinkDelivery {
  readonly mode: DeliveryMode
  /** The columns by which the receiver knows a row; none: the whole row. */
  readonly key: readonly string[]
  /** The share of the accepted rows that a mirror may remove at once, in [0, 1]. */
  readonly maxRemoved: number
  /** Where it goes, as the configuration says it; of files, their paths in the project, a line each. */
  readonly destination: string
  /** True where several environments that send may deliver to the one destination. */
  readonly shared: boolean
}

export interface SinkStep extends StepCommon {
  readonly style: 'sink'
  readonly payload: string
  readonly delivery: SinkDelivery
  readonly files: readonly {
    /** Reads what is due under the name `payloadName`. */
    readonly select: string
    readonly path: string
    readonly format: 'csv' | 'parquet' | 'json'
    readonly options: Readonly<Record<string, string | number | boolean>>
  }[]
}

/** The list of steps by style. */
export type Step = SourceStep | SqlPlanStep | BatchStep | ModelStep | ProgramStep | SinkStep

/** What will run: frozen, plain, printable. Steps are in an order in which they can run; sinks come last. */
export interface Plan {
  readonly pipeline: string
  readonly description: string | undefined
  readonly file: string
  readonly project: string
  readonly places: Places
  readonly asOf: string | undefined
  readonly asOfSource: Pipeline['asOfSource']
  readonly timeZone: string
  /** Values of the parameters that are no dates. */
  readonly params: Pipeline['params']
  readonly steps: readonly Step[]
  readonly marts: readonly PipelineMart[]
  readonly memory: string | undefined
  readonly keep: number
  /** Keys of apps that the marts tell; no step reads them. */
  readonly sections: Readonly<Record<string, PlannedSection>>
}

/** The value of a section, and the tables of the mart that tell it. */
export interface PlannedSection {
  readonly value: unknown
  readonly tables: readonly SectionTable[]
}

/** True where the relation of a step has `_file` and `_line`: where each row stands in what was read. */
export function carriesPlaces(step: Placed): boolean {
  return step.style === 'source' ? step.provenance === true : step.carries === true
}

/** What of a step says whether its rows have places. */
export interface Placed {
  readonly style: Step['style']
  readonly provenance?: boolean
  readonly carries?: boolean
}

/** All that a step is configured with: what may name secrets. */
export function configsOf({ config, connection }: Pick<Step, 'config' | 'connection'>): unknown {
  return connection === undefined ? config : [config, connection.config]
}

/** The relation of a reference such as `lines` or `people.merged`. */
export function relationOf(kind: Stage, stage: string, output?: string): RelationName {
  return { schema: kind, table: output === undefined ? stage : `${stage}.${output}` }
}
