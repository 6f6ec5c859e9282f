export { holderOf, lockFileOf, readHolder } from './holder.ts'
export type { How, Making, Watermark } from './how.ts'
export { isPublished } from './is-published.ts'
export type {
  Compacted,
  FindRemoval,
  Kept,
  KeptOrder,
  KeptRelation,
  RebuildOrder,
  Rebuilt,
  RebuiltTable,
  Removal,
  StoreFiles,
  Stores,
  TableColumn,
} from './kept.ts'
export { aboutTable } from './marts/about-table.ts'
export { pointLink, removeBeside } from './marts/link.ts'
export {
  currentVersion,
  isLink,
  martPath,
  removeVersion,
  surplus,
  versionsFolder,
} from './marts/mart-path.ts'
export { orphansOf, unknownVersion } from './marts/orphans.ts'
export type { AboutTable, AboutValue, MartDifference, Marts, MartTable, PublishOrder } from './marts/port.ts'
export { publishMart } from './marts/publish-mart.ts'
export { SqlMarts } from './marts/sql-marts.ts'
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
} from './marts/versions.ts'
export { inboxFolder, olderWorking, type RunPaths, runPaths } from './paths.ts'
export { type Known, type Ledger, type ModelRecord, nothingKnown, type Publication } from './port.ts'
export { programSchema, stageOfSchema } from './program-schema.ts'
export { pulledBy } from './pulled-by.ts'
export type {
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
export { hashPieces, pieceBytes } from './sources/file-pieces.ts'
export { findFiles, localFiles, readSources, sampledBytes } from './sources/files.ts'
export {
  currentSteps,
  forgetWarnings,
  growRange,
  knownCursors,
  knownParts,
  ledgerVersion,
  openLedger,
  rangesOf,
  readVersion,
  recordCurrent,
  recordCursor,
  recordParts,
  recordRange,
  recordRejects,
  recordWarning,
  rejectsOf,
  SqlLedger,
} from './sql-ledger.ts'
export { keptRelations, rowsRemoved, tableColumns, tablesOf } from './tables.ts'
