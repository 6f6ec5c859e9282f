export { answerOf, neverEnds } from './answer-of.ts'
export { parseByteSize } from './byte-size.ts'
export { dayIn, isIsoDate, isTimeZone, shiftDay } from './calendar-day.ts'
export {
  type Diagnostic,
  type DiagnosticFacts,
  diagnostic,
  hasErrors,
  type Severity,
  sortDiagnostics,
} from './diagnostic.ts'
export { makeDurably, syncPath, takeName } from './durable.ts'
export { parseDuration } from './duration.ts'
export { type Code, type OwnCode, ownCode } from './errors/code.ts'
export type { ErrorEntry, Room } from './errors/error-entry.ts'
export { type ErrorCode, errorAreas, errors, exitOf, hintOf } from './errors/errors.ts'
export { reasons } from './errors/reasons.ts'
export { type ExitCode, exitCode } from './exit-code.ts'
export { type FaultPoint, faultPoint, faultPoints } from './fault-point.ts'
export { canonicalJson, fingerprint } from './fingerprint.ts'
export { type Log, silentLog } from './log.ts'
export { didYouMean, nearest } from './nearest.ts'
export { ownPlace } from './own-place.ts'
export { isTransient, type RetryBudget, retryTransient } from './retry.ts'
export { newRunId } from './run-id.ts'
export { secretValues, withoutSecrets, withSecrets } from './secrets.ts'
export { type ErrorFacts, invalidInput, isSillageError, messageOf, SillageError } from './sillage-error.ts'
export type { SourceSpan } from './source-span.ts'
export { systemFailure } from './system-failure.ts'
export { writeWhole } from './write-whole.ts'
