import type { JournalLine, RunSummary } from '@sillage/journal'

/** What the server answers, as far as the page reads it. Rows are counts; times are ISO, UTC. */
export type RunStatus = RunSummary['status']

export type Told = NonNullable<RunSummary['error']>

export interface Schedule {
  readonly schedule: string
  readonly next: string | null
  readonly problem?: string
  readonly missed: number
  readonly last_missed?: string
}

export interface PipelineSummary {
  readonly name: string
  readonly file: string
  readonly last_run: {
    readonly run: string
    readonly status: RunStatus
    readonly started: string
    readonly seconds: number | null
  } | null
  readonly last_success: string | null
  /** The version that readers see, and the one before it where that is kept. */
  readonly published: { readonly run: string; readonly before: string | null } | null
  readonly active: readonly { readonly job: string; readonly run: string | null; readonly state: string }[]
  readonly schedule: Schedule | null
}

export interface PlanNode {
  readonly id: string
  readonly kind: string
  readonly plugin?: string
  readonly action?: string
  readonly reason?: string
  readonly columns?: readonly { readonly name: string; readonly type: string; readonly personal?: boolean }[]
  /** Of marts. */
  readonly table?: string
  readonly description?: string | null
}

export interface PlanEdge {
  readonly from: string
  readonly output?: string
  readonly to: string
}

export interface PipelinePlan extends PipelineSummary {
  readonly nodes: readonly PlanNode[]
  readonly edges: readonly PlanEdge[]
  readonly stale: boolean
}

/** A run as its journal tells it, and what the server knows of it. */
export type RunDocument = RunSummary & { readonly job?: string; readonly cancelled?: boolean }

/** A run that was asked for and has no name yet. */
export interface JobDocument {
  readonly job: string
  readonly run: string | null
  readonly pipeline: string
  readonly status: string
  readonly asked: string
  readonly error?: Told
}

export interface StartedRun {
  readonly run: string | null
  readonly job: string
  readonly state: string
}

export interface Session {
  readonly role: 'read' | 'operate'
  /** Whether the server asks for tokens at all. */
  readonly tokens: boolean
}

export interface Reasons {
  readonly reasons: readonly {
    readonly stage: string
    readonly rows_in: number | null
    readonly rejected: number | null
    readonly code: string
    readonly column: string | null
    readonly message: string
    readonly rows: number
  }[]
}

export interface RefusedStage {
  readonly stage: string
  readonly rows_in: number
  readonly rejected: number
  readonly reasons: readonly {
    readonly column: string | null
    readonly code: string
    readonly message: string
    readonly rows: number
    readonly samples: readonly Readonly<Record<string, unknown>>[]
  }[]
}

export interface MartColumn {
  readonly name: string
  readonly type: string
  readonly comment: string | null
  readonly personal: boolean
  readonly key: boolean
  readonly role: string | null
}

export interface MartTable {
  readonly name: string
  readonly rows: number
  readonly description: string | null
  readonly columns: readonly MartColumn[]
}

export interface MartDocument {
  readonly run: string
  readonly published_at: string
  readonly as_of: string | null
  readonly tables: readonly MartTable[]
}

export interface Segments {
  readonly segments: readonly {
    readonly table: string
    readonly column: string
    readonly comment: string | null
    readonly sizes: readonly { readonly value: string | null; readonly rows: number }[]
  }[]
}

export interface MigrationCell {
  readonly kind: 'stayed' | 'moved' | 'entered' | 'left'
  readonly from: string | null
  readonly to: string | null
  readonly rows: number
}

export interface TableChanges {
  readonly table: string
  readonly key: readonly string[]
  readonly columns: {
    readonly added: readonly { readonly name: string; readonly type: string }[]
    readonly removed: readonly { readonly name: string; readonly type: string }[]
    readonly retyped: readonly { readonly name: string; readonly from: string; readonly to: string }[]
  }
  readonly rows: {
    readonly before: number
    readonly after: number
    readonly added: number
    readonly removed: number
    readonly changed: number | null
  }
  readonly changed_columns: readonly { readonly column: string; readonly rows: number }[]
  readonly migrations: readonly { readonly column: string; readonly cells: readonly MigrationCell[] }[]
}

export interface Changes {
  readonly pipeline: string
  readonly before: string
  readonly after: string
  readonly tables: {
    readonly added: readonly { readonly table: string; readonly rows: number }[]
    readonly removed: readonly { readonly table: string; readonly rows: number }[]
    readonly kept: readonly TableChanges[]
  }
}

/** A line of a run's journal as its stream brings it, or its end. */
export type JournalEvent =
  | JournalLine
  | { readonly event: 'end'; readonly status: string; readonly error?: Told }
