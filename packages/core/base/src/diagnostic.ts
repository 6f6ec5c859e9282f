import type { Code } from './errors/code.ts'
import type { SourceSpan } from './source-span.ts'

export type Severity = 'error' | 'warning' | 'info'

/**
 * One finding about something a person wrote. `code` is stable and documented in `docs/reference/errors.md`;
 * `hint` names the next action. A diagnostic never carries a secret or a value of a customer.
 */
export interface Diagnostic {
  readonly code: Code
  readonly severity: Severity
  readonly message: string
  readonly file?: string
  readonly line?: number
  readonly column?: number
  readonly hint?: string
}

export interface DiagnosticFacts {
  readonly code: Code
  readonly message: string
  readonly span?: SourceSpan | undefined
  readonly hint?: string | undefined
  readonly severity?: Severity
}

/** Makes a diagnostic; severity is `error` unless said. */
export function diagnostic({ code, message, span, hint, severity = 'error' }: DiagnosticFacts): Diagnostic {
  return { code, severity, message, ...span, ...(hint === undefined ? {} : { hint }) }
}

export function hasErrors(diagnostics: readonly Diagnostic[]): boolean {
  return diagnostics.some((found) => found.severity === 'error')
}

/** Orders by file, line, column, then code, and drops exact repeats. */
export function sortDiagnostics(diagnostics: readonly Diagnostic[]): readonly Diagnostic[] {
  const seen = new Map(diagnostics.map((found) => [JSON.stringify(found), found]))
  return [...seen.values()].sort(
    (a, b) =>
      (a.file ?? '').localeCompare(b.file ?? '') ||
      (a.line ?? 0) - (b.line ?? 0) ||
      (a.column ?? 0) - (b.column ?? 0) ||
      a.code.localeCompare(b.code),
  )
}
