import type { ErrorCode } from '@sillage/base'
import type { ConnectionRef, PluginEntry } from '@sillage/sdk'
import type { Places } from './places.ts'

/** A relation by the stage that makes it; `output` names a further output of that stage. */
export interface StageRef {
  readonly stage: string
  readonly output?: string
}

/** A plugin as the registry knows it: its manifest entry and the absolute file URL of its module. */
export interface KnownPlugin extends PluginEntry {
  readonly url: string
  /** True for plugins of packages, whose examples are run by their tests; a project's own files are taken at no word. */
  readonly proven: boolean
}

/** A file of the project that should give a plugin and gives none, or one that may not be called so. */
export interface BrokenPlugin {
  /** From the project. */
  readonly file: string
  /** Which plugins it seems to be; none where its text does not say. */
  readonly names: readonly string[]
  readonly code: ErrorCode
  readonly message: string
  readonly hint: string
}

export type DriftPolicy = 'evolve' | 'freeze' | 'reject'

/** A node of the pipeline. `inputs` has the plugin's roles; several references in one role are read as one relation (union by name). */
export interface PipelineStage {
  readonly name: string
  readonly plugin: KnownPlugin
  readonly inputs: Readonly<Record<string, readonly StageRef[]>>
  /** The `with`, with defaults filled in and `${secret:…}` still in place. */
  readonly config: Readonly<Record<string, unknown>>
  readonly expect: readonly Expectation[]
  readonly onReject: 'quarantine' | 'fail'
  /** What a source does whose columns came or went, and whose types changed. */
  readonly onDrift: { readonly columns: DriftPolicy; readonly types: DriftPolicy }
  /** The connection that it names; absent where it names none. */
  readonly connection?: ConnectionRef
  /** True where several environments may deliver to the one place that the stage names, or the place differs by `${env:…}`. */
  readonly shared: boolean
  readonly tags: readonly string[]
  readonly description?: string
}

interface ExpectationNotes {
  readonly name?: string
  readonly severity: 'error' | 'warn'
  /** A scalar condition: only rows for which it holds are looked at. */
  readonly where?: string
}

/** A check on a stage's relation, before publishing. */
export type Expectation = ExpectationNotes &
  (
    | { readonly kind: 'not_null'; readonly columns: readonly string[] }
    | { readonly kind: 'unique'; readonly columns: readonly string[] }
    | {
        readonly kind: 'accepted_values'
        readonly column: string
        readonly values: readonly (string | number | boolean)[]
      }
    | {
        readonly kind: 'range'
        readonly column: string
        readonly min?: number | string
        readonly max?: number | string
        readonly above?: number | string
        readonly below?: number | string
      }
    | { readonly kind: 'relationships'; readonly column: string; readonly to: string; readonly field: string }
    | { readonly kind: 'row_count'; readonly min?: number; readonly max?: number }
    | { readonly kind: 'rejected'; readonly max_share?: number; readonly max_rows?: number }
    | { readonly kind: 'sql'; readonly expression: string }
  )

export type ExpectationKind = Expectation['kind']

/** A published relation. */
export interface PipelineMart {
  readonly name: string
  readonly from: StageRef
  /** Columns that identify a row: unique and not null, checked. */
  readonly key: readonly string[]
  readonly description?: string
  readonly columns: Readonly<
    Record<string, { readonly description?: string; readonly personal?: boolean; readonly meaning?: string }>
  >
}

/** A validated pipeline: plain, frozen, in topological order of its stages. */
export interface Pipeline {
  readonly name: string
  /** Absolute path of the file. */
  readonly file: string
  /** Absolute folder of the project. */
  readonly project: string
  /** Where its working database, marts and state are. */
  readonly places: Places
  /** The environments of the project that send, by name. */
  readonly sending: readonly string[]
  readonly description?: string
  /** ISO date. Absent where no stage may ask for "today". */
  readonly asOf?: string
  /** Where the as-of date comes from: a word of the file, or `--as-of`, or a date that the file holds. */
  readonly asOfSource: 'today' | 'yesterday' | 'given' | 'file'
  /** Where `today` is asked: an IANA name. */
  readonly timeZone: string
  readonly params: Readonly<Record<string, string | number | boolean>>
  /** Names of the parameters that are dates: they move with time, and say nothing of what the pipeline is about. */
  readonly dateParams: readonly string[]
  readonly stages: readonly PipelineStage[]
  readonly marts: readonly PipelineMart[]
  readonly memory?: string
  readonly keep: number
  /** What the keys of apps say; each is read by its app alone. */
  readonly sections: Readonly<Record<string, unknown>>
  readonly tags: readonly string[]
}
