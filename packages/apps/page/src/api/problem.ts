/** A refusal as the server gives it (RFC 9457), or what kept the page from asking. */
export interface Problem {
  readonly status: number
  readonly error: { readonly code: string; readonly message: string; readonly hint?: string }
  readonly diagnostics?: readonly Diagnostic[]
}

export interface Diagnostic {
  readonly code: string
  readonly message: string
  readonly hint?: string
  readonly file?: string
  readonly line?: number
  readonly column?: number
}

/** Thrown by everything that asks the server. */
export class ProblemError extends Error {
  readonly problem: Problem

  constructor(problem: Problem) {
    super(problem.error.message)
    this.problem = problem
  }
}

/** The problem of whatever was thrown; what is no refusal counts as a server that cannot be reached. */
export function problemOf(error: unknown): Problem {
  if (error instanceof ProblemError) return error.problem
  return { status: 0, error: { code: 'unreachable', message: error instanceof Error ? error.message : '' } }
}

/** The problem that an answer tells; one whose body is none keeps its status. */
export async function problemIn(answer: Response): Promise<Problem> {
  try {
    return (await answer.json()) as Problem
  } catch {
    return { status: answer.status, error: { code: 'unreadable', message: answer.statusText } }
  }
}
