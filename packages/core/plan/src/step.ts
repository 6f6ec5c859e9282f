import type { Expectation } from '@sillage/pipeline'
import type { Column, ConnectionRef, PluginName, RejectRule, Stage, Warning } from '@sillage/sdk'

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

/** What a step of any style says. */
export interface StepCommon {
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

/** A step of whichever style. */
export interface AnyStep extends StepCommon, Placed {}

/** True where the relation of a step has `_file` and `_line`: where each row stands in what was read. */
export function carriesPlaces(step: Placed): boolean {
  return step.style === 'source' ? step.provenance === true : step.carries === true
}

/** What of a step says whether its rows have places. */
export interface Placed {
  readonly style: string
  readonly provenance?: boolean
  readonly carries?: boolean
}

/** All that a step is configured with: what may name secrets. */
export function configsOf({ config, connection }: Pick<StepCommon, 'config' | 'connection'>): unknown {
  return connection === undefined ? config : [config, connection.config]
}

/** The relation of a reference such as `lines` or `people.merged`. */
export function relationOf(kind: Stage, stage: string, output?: string): RelationName {
  return { schema: kind, table: output === undefined ? stage : `${stage}.${output}` }
}
