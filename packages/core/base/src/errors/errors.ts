import { type ExitCode, exitCode } from '../exit-code.ts'
import { campaignErrors } from './campaign.ts'
import { cleaningErrors } from './cleaning.ts'
import { collectErrors } from './collect.ts'
import { commandErrors } from './command-line.ts'
import { connectionErrors } from './connections.ts'
import { deliverErrors } from './deliver.ts'
import { engineErrors } from './engine.ts'
import { type ErrorEntry, exitOfEntry } from './error-entry.ts'
import { inboxErrors } from './inbox.ts'
import { pipelineErrors } from './pipeline.ts'
import { planErrors } from './plan.ts'
import { pluginErrors } from './plugins.ts'
import { runErrors } from './run.ts'
import { scoringErrors } from './scoring.ts'
import { serverErrors } from './server.ts'
import { stageErrors } from './stages.ts'
import { yamlErrors } from './yaml.ts'

/** The codes by what they are about, in the order in which a pipeline meets them. */
export const errorAreas = {
  'The command line': commandErrors,
  'The pipeline': pipelineErrors,
  'Its stages': stageErrors,
  'Its YAML': yamlErrors,
  Campaigns: campaignErrors,
  Planning: planErrors,
  Running: runErrors,
  'DuckDB and its files': engineErrors,
  Plugins: pluginErrors,
  Connections: connectionErrors,
  Sources: collectErrors,
  'Cleaning and enriching': cleaningErrors,
  'Segments, scores and models': scoringErrors,
  Deliveries: deliverErrors,
  Forms: inboxErrors,
  'The server': serverErrors,
} as const satisfies Readonly<Record<string, Readonly<Record<string, ErrorEntry>>>>

/**
 * The one list of codes: what each means, what to do about it, and how the command line ends by it. `SillageError` and `Diagnostic` take no
 * other, and `docs/reference/errors.md` is made of it. It is read where an error is shown and where a process ends (`exitOf`), not where one is
 * thrown: the bundles of plugins stay free of it, so that a new word here changes no plugin and makes no step run again.
 *
 * A place that throws says its own hint, where it has one. That of the registry is shown in its stead where an error ends a command or answers
 * a request (`hintOf`), and no sooner: those in between put in what they know of the place (`error.hint ?? …`). Diagnostics stay as they were said.
 */
export const errors = {
  ...commandErrors,
  ...pipelineErrors,
  ...stageErrors,
  ...yamlErrors,
  ...campaignErrors,
  ...planErrors,
  ...runErrors,
  ...engineErrors,
  ...pluginErrors,
  ...connectionErrors,
  ...collectErrors,
  ...cleaningErrors,
  ...scoringErrors,
  ...deliverErrors,
  ...inboxErrors,
  ...serverErrors,
} as const satisfies Readonly<Record<string, ErrorEntry>>

export type ErrorCode = keyof typeof errors

/** The next action: as the place that threw it said, else in general. */
export function hintOf({
  code,
  hint,
}: {
  readonly code: string
  readonly hint?: string | undefined
}): string | undefined {
  return hint ?? errorEntry(code)?.hint
}

/** How the command line ends by an error: as the place that threw it said, else as the registry says of its code. */
export function exitOf({
  code,
  exit,
}: {
  readonly code: string
  readonly exit?: ExitCode | undefined
}): ExitCode {
  const entry = errorEntry(code)
  return exit ?? (entry ? exitOfEntry(entry) : exitCode.failed)
}

/** What the registry says of a code; nothing of one that is a plugin's own. */
function errorEntry(code: string): ErrorEntry | undefined {
  return Object.hasOwn(errors, code) ? errors[code as ErrorCode] : undefined
}
