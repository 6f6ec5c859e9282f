import { type ExitCode, exitCode } from '../exit-code.ts'

/** A package, a family of plugins or a connector, by the name of its folder. */
export type Room =
  | 'base'
  | 'campaign'
  | 'clean'
  | 'cli'
  | 'deliver'
  | 'duckdb'
  | 'enrich'
  | 'files'
  | 'http'
  | 'inbox'
  | 'journal'
  | 'ledger'
  | 'mart'
  | 'openlineage'
  | 'page'
  | 'pipeline'
  | 'plan'
  | 'predict'
  | 'report'
  | 'run'
  | 'scheduler'
  | 'score'
  | 'sdk'
  | 'segment'
  | 'server'
  | 'sql'
  | 'state'
  | 'steps'
  | 'upkeep'
  | 'workers'

/** What one code means, wherever it is said. */
export interface ErrorEntry {
  /** What happened, in general: a place that throws it says more. */
  readonly text: string
  /** What to do next, in general. */
  readonly hint: string
  /** `error` ends what was asked; `diagnostic` is found in what a person wrote, at a place of it; `warning` ends nothing. */
  readonly kind: 'error' | 'diagnostic' | 'warning'
  /** Which rooms say it. */
  readonly from: Room | readonly Room[]
  /** How the command line ends where it is thrown by itself: `failed` unless said, `invalid` for a diagnostic. */
  readonly exit?: ExitCode
}

/** How the command line ends by an entry. */
export function exitOfEntry({ kind, exit }: ErrorEntry): ExitCode {
  return exit ?? (kind === 'diagnostic' ? exitCode.invalid : exitCode.failed)
}
