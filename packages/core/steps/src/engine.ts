import type {
  CurrentStep,
  Known,
  Ledger,
  Making,
  Marts,
  RunPaths,
  StepCounts,
  Stores,
  WarningRecord,
} from '@sillage/ledger'
import type {
  BatchStep,
  ModelStep,
  ProgramStep,
  Pulled,
  ReadStep,
  SinkStep,
  SourceStep,
  SqlPlanStep,
  Step,
} from '@sillage/plan'
import type { Column, ModelJson, NumericColumns, ReadBatch, Sql } from '@sillage/sdk'
import type { Session } from '@sillage/sql'
import type { Budget, Passed, ProgramStatements, ServedTables } from '@sillage/workers'
import type { RecordBatch } from 'apache-arrow'

/** Where steps are computed. An engine decides where, and on which part of the rows; never whether. */
export interface Engine extends Stores {
  /**
   * Opens the working store of a pipeline, whose owner the caller is until it is disposed of: meanwhile the file that `lockFileOf(paths.database)`
   * names says who that is, by which others tell a run that goes on from one that was killed. Throws `busy`, `working_database_unreadable`.
   */
  open(order: OpenOrder): Promise<Working>
  /** What runs left, without owning it; undefined where nothing did, or what another version left. Throws `busy` while a run goes on. */
  peek(paths: Pick<RunPaths, 'database'>): Promise<Known | undefined>
}

/** For which run, and within which bounds. */
export interface OpenOrder {
  readonly paths: RunPaths
  readonly run: string
  readonly command: string
  readonly now: () => Date
  readonly budget: Budget
  /** At most so many rows of each source. */
  readonly sample: number | undefined
  /** True where nothing that an earlier run left is to be used: programs begin anew. */
  readonly afresh?: boolean
  /** The file of who asked to be forgotten. */
  readonly suppressions: string
  readonly signal: AbortSignal
  readonly onProgress: (progress: StepProgress) => void
}

/** How far a step is. `fraction` is in [0, 1]. */
export interface StepProgress {
  readonly stage: string
  readonly fraction?: number
  readonly rows?: number
}

/** The working store of one pipeline, open for one run. */
export interface Working extends AsyncDisposable {
  readonly ledger: Ledger
  readonly relations: Relations
  readonly marts: Marts
  readonly maker: Maker
  /** Over the relations, for who moves rows. Its statements run one after the other. */
  readonly session: Session
  /** Interrupts what is under way, now and later: for the way out. */
  interrupt(): void
}

/** The relations of the plan, under the names that its statements use. */
export interface Relations {
  /** Takes these steps for the plan from here on: shows those whose rows are there as the plan has them, and removes what none of them makes. */
  follow(steps: readonly Step[]): Promise<void>
  /** Shows a step that is not stored; its rows are computed by who reads it. */
  show(step: ViewStep): Promise<void>
  /** One number: the first value of the first row of a select. */
  figure(select: Sql): Promise<number>
  /** Computes all values of a select, and keeps none. Throws what that meets. */
  probe(select: Sql): Promise<void>
}

export type ViewStep = SourceStep | SqlPlanStep

/** A step whose rows are kept. */
export type StoredStep = Exclude<Step, SinkStep>

export interface Maker {
  /** Makes the rows of a step. Nobody sees them before they are committed. */
  make(order: Order): Promise<Made>
  /** The table of a source that is read batch by batch; it goes on behind the last batch, unless it is to begin anew. */
  fill(step: ReadStep, from: 'the last batch' | 'the beginning'): Promise<Filling>
  /** For a backfill: the rows that the last run read, from the working store at `database`. Throws `source_not_read`. */
  copy(step: ReadStep, database: string): Promise<Filled>
}

/**
 * All that an engine must know to make one step. Which part of its first input a row depends on is what the step declares (`incremental`, `key`);
 * all other inputs are read whole, and so is the first where it stands among the others too.
 */
export interface Order {
  readonly step: StoredStep
  readonly how: Making
  readonly work: Work
  /** Views in its statement, nearest source first. */
  readonly fused: readonly Step[]
  /** What an earlier run left of the step. */
  readonly before: { readonly counts: CurrentStep; readonly parts: string } | undefined
}

/** What is to be done with the rows, by which an engine tells steps apart. A step of another style may ask for the same. */
export type Work = SelectWork | ScanWork | MapWork | FitWork | ProgramWork

/** A statement of the step. */
export interface SelectWork {
  readonly kind: 'select'
  readonly step: OfAnyStyle<SqlPlanStep>
}

/** Files that the engine reads by itself. */
export interface ScanWork {
  readonly kind: 'scan'
  readonly step: OfAnyStyle<SourceStep>
}

/**
 * Batches of the columns that are read, with what of other inputs is read beside them. `output` are the columns of what comes back: one row for
 * each, or rows that say by `_from` where they come from, or groups.
 */
export interface MapWork {
  readonly kind: 'map'
  readonly step: OfAnyStyle<BatchStep>
  readonly output: readonly Column[]
  readonly through: Through
}

/** A model of all rows, and what it says of each. */
export interface FitWork {
  readonly kind: 'fit'
  readonly step: OfAnyStyle<ModelStep>
  readonly fit: (data: NumericColumns) => Promise<Fitted>
}

/** Code over tables of its own, which the engine keeps for it; then the statements of its rows. */
export interface ProgramWork {
  readonly kind: 'program'
  readonly step: OfAnyStyle<ProgramStep>
  readonly run: (tables: ServedTables) => Promise<ProgramStatements>
}

/** All that a step of this style says, of a step of whichever. */
type OfAnyStyle<S extends Step> = Omit<S, 'style'> & Pick<Step, 'style'>

/** Gives for each batch what became of it, in their order. May be called for each part of the rows, each with all that is read beside, by role. */
export type Through = (
  batches: AsyncIterable<RecordBatch>,
  beside?: Readonly<Record<string, RecordBatch>>,
) => AsyncIterable<Passed>

export interface Fitted {
  readonly model: ModelJson
  /** Columns of which the model can say nothing. */
  readonly nulls: ReadonlySet<string>
  readonly apply: Through
}

/** Rows of a step that were made and are not visible yet. Disposed of without a commit, nothing happened. */
export interface Made extends AsyncDisposable {
  readonly rows: MadeRows
  /** Rows, relations and ledger of the step in one. */
  commit(record: MadeRecord): Promise<void>
}

/** Of what was made now: the whole step, or what was added to it. */
export interface MadeRows {
  /** Rows that were read; undefined where only who counted the inputs can say. */
  readonly read: number | undefined
  /** Rows that were there to be read, where the engine counted them before. */
  readonly expected?: number
  readonly accepted: number
  readonly refused: number
  /** The sizes of the groups, added up. */
  readonly grouped: number | undefined
  /** Rows of people who asked to be forgotten. */
  readonly keptOut: number
  /** Rows of the further outputs, by name. */
  readonly outputs: Readonly<Record<string, number>>
}

/** What the ledger is told of a step. */
export interface MadeRecord {
  /** Of the whole step. */
  readonly counts: StepCounts
  readonly seconds: number
  /** Beside those that are counted over its rows. */
  readonly warnings: readonly WarningRecord[]
}

/**
 * Rows, cursor and ledger of a batch are one commit; of a source that is read whole (`step.whole`) all batches are, at the end: until then what
 * was there stays.
 */
export interface Filling {
  /** Behind the last committed batch. */
  readonly cursor: string | undefined
  /** How many were committed. */
  readonly batches: number
  /** The source is asked, for the first time or again: of one that is read whole, what came so far goes. */
  begin(): Promise<void>
  /** Commits a batch. False where the sample is full. */
  commit(batch: ReadBatch): Promise<boolean>
  /** Throws `rows_lost` where the table does not hold the rows of its batches. */
  end(): Promise<Filled>
}

/** How far a source was read, and whether rows came. */
export interface Filled {
  readonly current: CurrentStep
  readonly state: Pulled
  readonly rowsCame: boolean
}
