import type {
  CheckRecord,
  CurrentStep,
  KnownCursor,
  KnownParts,
  RejectRecord,
  RowRange,
  StepAction,
  StepCounts,
  WarningRecord,
} from './records.ts'

/** What earlier runs left, by stage. */
export interface Known {
  readonly steps: ReadonlyMap<string, CurrentStep>
  /** What fingerprints hashed; of views that were computed in a stored step too. */
  readonly parts: ReadonlyMap<string, KnownParts>
  readonly cursors: ReadonlyMap<string, KnownCursor>
  /** Which run wrote which rows of a stage's table, oldest first. An engine without them has every step made whole. */
  readonly ranges: ReadonlyMap<string, readonly RowRange[]>
}

export const nothingKnown: Known = {
  steps: new Map(),
  parts: new Map(),
  cursors: new Map(),
  ranges: new Map(),
}

export interface ModelRecord {
  readonly stage: string
  readonly run: string
  /** JSON. */
  readonly model: string
}

export interface Publication {
  readonly run: string
  readonly fingerprint: string
  /** The version's file. */
  readonly path: string
  readonly action: string
}

export interface StageRejects {
  readonly run: string
  readonly stage: string
  readonly rejects: readonly RejectRecord[]
}

/** The account of the runs of one pipeline. What belongs to the rows of a step is written by the engine's commit of that step. */
export interface Ledger {
  known(): Promise<Known>
  /** What a run did with a stage. */
  recordStep(step: CurrentStep & { readonly plugin: string; readonly action: StepAction }): Promise<void>
  recordCheck(run: string, check: CheckRecord): Promise<void>
  /** Replaces the reasons of the refused rows of a stage that no engine makes: those that a receiver refused. */
  recordRejects(refused: StageRejects): Promise<void>
  /** What the last run that did something with a stage told of it, by stage. */
  lastCounts(): Promise<ReadonlyMap<string, StepCounts>>
  /** Of all stages, by reason. */
  rejects(): Promise<readonly RejectRecord[]>
  /** What a stage warned of when its rows were made, in that order. */
  warningsOf(stage: string): Promise<readonly WarningRecord[]>
  models(): Promise<readonly ModelRecord[]>
  /** The last one first; by their order and not by their time, for a clock may go back. */
  publications(): Promise<readonly Publication[]>
  recordPublication(publication: Publication, at: Date): Promise<void>
}
