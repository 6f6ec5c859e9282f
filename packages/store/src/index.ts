export { DuckDbBinder } from './binder.ts'
export { BatchWriter } from './bridge/batch-writer.ts'
export { type ReadFacts, readBatches } from './bridge/read-batches.ts'
export { CachedBinder } from './cached-binder.ts'
export { Database, type DatabaseOptions } from './database.ts'
export { withoutValues } from './failures.ts'
export { fileStates, findFiles, sampleHash } from './files.ts'
export { type Holder, readHolder } from './holder.ts'
export { type JsonRow, type JsonValue, toJson } from './json-value.ts'
export {
  type CheckRecord,
  type CurrentStep,
  currentSteps,
  ledgerVersion,
  openLedger,
  type RejectRecord,
  readVersion,
  recordCheck,
  recordCurrent,
  recordRejects,
  recordStep,
  type StepCounts,
} from './ledger.ts'
export { pointLink, syncPath } from './link.ts'
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
  listVersions,
  type MartVersion,
  type VersionFacts,
  versionFailed,
  versionFingerprint,
} from './versions.ts'
