export { DuckDbBinder } from './binder.ts'
export { CachedBinder } from './cached-binder.ts'
export { Database, type DatabaseOptions } from './database.ts'
export { resourceFailure, withoutValues } from './failures.ts'
export { hashPieces, pieceBytes } from './file-pieces.ts'
export { findFiles, localFiles, readSources, sampledBytes } from './files.ts'
export { type Holder, readHolder } from './holder.ts'
export { type JsonRow, type JsonValue, toJson } from './json-value.ts'
export {
  type CheckRecord,
  type CurrentStep,
  currentSteps,
  forgetWarnings,
  growSegment,
  isPublished,
  type KnownCursor,
  type KnownParts,
  knownCursors,
  knownParts,
  ledgerVersion,
  openLedger,
  type RejectRecord,
  readVersion,
  recordCheck,
  recordCurrent,
  recordCursor,
  recordParts,
  recordRejects,
  recordSegment,
  recordStep,
  recordWarning,
  rejectsOf,
  type Segment,
  type StepCounts,
  segmentsOf,
  type WarningRecord,
  warningsOf,
} from './ledger.ts'
export { pointLink, removeBeside } from './link.ts'
export {
  currentVersion,
  type MartTable,
  martPath,
  publishMart,
  removeVersion,
  surplus,
  versionsFolder,
} from './mart-file.ts'
export { Session } from './session.ts'
export {
  attachVersion,
  describeVersions,
  findVersion,
  isReadable,
  listVersions,
  type MartVersion,
  type VersionFacts,
  versionFailed,
  versionFingerprint,
} from './versions.ts'
