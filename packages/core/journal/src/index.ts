export type {
  CatchUp,
  CheckFacts,
  DeliveryFacts,
  JournalLine,
  Replaces,
  RunDay,
  RunEvent,
  RunParams,
  StepFacts,
  WarningFacts,
} from './event.ts'
export { JournalWriter } from './journal-writer.ts'
export { lastRunId, lastRuns, lastSuccess, type RunSummary, readLines, summarise } from './read-journal.ts'
export { repairJournals } from './repair.ts'
