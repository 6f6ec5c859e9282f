import type { Diagnostic } from './diagnostic.ts'
import type { Code } from './errors/code.ts'
import type { ExitCode } from './exit-code.ts'

export interface ErrorFacts {
  readonly code: Code
  readonly message: string
  /** What to do next. */
  readonly hint?: string | undefined
  /** How the command line ends, where it is not as the registry says of the code. */
  readonly exit?: ExitCode | undefined
  /** True where the same call may succeed later without anyone changing anything. */
  readonly retryable?: boolean
  /** Further facts, shown in JSON output: counts and names, never values of customers. */
  readonly facts?: Readonly<Record<string, unknown>>
  readonly diagnostics?: readonly Diagnostic[]
  readonly cause?: unknown
}

/** The one error class that reaches a user. Thrown by small functions named for the fact (`unknownColumn({…})`). */
export class SillageError extends Error {
  readonly code: Code
  readonly hint: string | undefined
  /** Undefined where the registry decides: `exitOf(error)` tells. */
  readonly exit: ExitCode | undefined
  readonly retryable: boolean
  readonly facts: Readonly<Record<string, unknown>>
  readonly diagnostics: readonly Diagnostic[]

  constructor({
    code,
    message,
    hint,
    exit,
    retryable = false,
    facts = {},
    diagnostics = [],
    cause,
  }: ErrorFacts) {
    super(message, cause === undefined ? {} : { cause })
    this.name = 'SillageError'
    this.code = code
    this.hint = hint
    this.exit = exit
    this.retryable = retryable
    this.facts = facts
    this.diagnostics = diagnostics
  }
}

export function isSillageError(error: unknown): error is SillageError {
  return error instanceof Error && error.name === 'SillageError' && 'code' in error
}

/** Thrown at the end of a phase that found errors: all of them travel together. */
export function invalidInput(diagnostics: readonly Diagnostic[]): SillageError {
  const errors = diagnostics.filter((found) => found.severity === 'error').length
  return new SillageError({
    code: 'invalid',
    message: `${errors} ${errors === 1 ? 'error' : 'errors'} in the pipeline`,
    diagnostics,
  })
}

export function messageOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error)
}
