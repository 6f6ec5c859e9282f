export { holderOf, lockFileOf, readHolder } from './holder.ts'
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
  warningsOf,
} from './ledger.ts'
export { pointLink, removeBeside } from './marts/link.ts'
export {
  currentVersion,
  isLink,
  martPath,
  removeVersion,
  surplus,
  versionsFolder,
} from './marts/mart-path.ts'
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
export { inboxFolder, type RunPaths, runPaths } from './paths.ts'
export { hashPieces, pieceBytes } from './sources/file-pieces.ts'
export { findFiles, localFiles, readSources, sampledBytes } from './sources/files.ts'
