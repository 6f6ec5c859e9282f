import type { FuzzCase } from './case.ts'

/** How the command line ended on a case. */
export interface Outcome {
  readonly exit: number
  readonly out: string
  readonly err: string
}

interface Told {
  readonly error?: { readonly code?: string; readonly message?: string; readonly hint?: string }
  readonly diagnostics?: readonly {
    readonly severity: string
    readonly code?: string
    readonly hint?: string
  }[]
  readonly run?: {
    readonly steps: readonly {
      readonly stage: string
      readonly rows_out: number
      readonly rejected: number
    }[]
    readonly error?: { readonly code?: string; readonly hint?: string }
  }
}

const documented = [0, 1, 2, 4, 78]

/** What is wrong with how a case ended; undefined where all is as promised. */
export function flawOf({ exit, out, err }: Outcome, { rows }: FuzzCase): string | undefined {
  if (/\n\s+at .+:\d+:\d+/.test(err + out)) return 'it shows a stack'
  if (!documented.includes(exit)) return `it exits with ${exit}`
  let told: Told
  try {
    told = JSON.parse(out) as Told
  } catch {
    return 'what it prints is no JSON'
  }
  if (exit === 0) return flawOfSuccess(told, rows)
  const errors = [told.error, told.run?.error].filter((error) => error !== undefined)
  const found = told.diagnostics?.filter(({ severity }) => severity === 'error') ?? []
  if (errors.length + found.length === 0) return 'it fails without an error'
  for (const error of found.length > 0 ? found : errors) {
    if (!error.code || error.code === 'internal') return 'its error has no code'
    if (!error.hint) return `${error.code} has no hint`
  }
  return undefined
}

function flawOfSuccess({ run }: Told, rows: readonly number[] | undefined): string | undefined {
  if (!run) return 'it succeeds without a run'
  const raw = run.steps.find(({ stage }) => stage === 'raw')
  if (rows === undefined || !raw) return undefined
  const counted = raw.rows_out + raw.rejected
  return rows.includes(counted) ? undefined : `${counted} rows of ${rows.join(' or ')}`
}
