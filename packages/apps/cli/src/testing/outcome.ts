import { expect } from 'vitest'
import type { Ended } from './project.ts'

export interface Found {
  readonly code: string
  readonly message: string
  readonly line: number
  readonly hint?: string
}

export interface RunOutcome {
  readonly run: {
    readonly status: string
    readonly mart: string | null
    readonly steps: readonly {
      readonly stage: string
      readonly action: string
      readonly rows_in: number | null
      readonly rows_out: number
      readonly rejected: number
    }[]
    readonly replay?: { readonly stage: string; readonly refused: number; readonly passed: number }
    readonly checks: readonly { readonly check: string; readonly status: string; readonly found: number }[]
    readonly warnings: readonly {
      readonly stage: string
      readonly code: string
      readonly message: string
      readonly hint?: string
      readonly count?: number
    }[]
    readonly error?: {
      readonly code: string
      readonly message: string
      readonly stage?: string
      readonly hint?: string
    }
  }
}

/** The diagnostics of a refused pipeline; each must say what to do, and nothing may look like a stack. */
export function findings(ended: Ended): readonly Found[] {
  expect(ended.exit, ended.err + ended.out).toBe(78)
  const { diagnostics } = ended.json() as { readonly diagnostics: readonly Found[] }
  for (const found of diagnostics) expect(found.hint, JSON.stringify(found)).toBeTruthy()
  expect(ended.err).not.toMatch(/\n\s+at /)
  return diagnostics
}

/** The error of a failed run; it must say what to do, and nothing may look like a stack. */
export function failure(ended: Ended, exit = 1): NonNullable<RunOutcome['run']['error']> {
  expect(ended.exit, ended.err + ended.out).toBe(exit)
  const { error } = (ended.json() as RunOutcome).run
  expect(error?.hint, JSON.stringify(error)).toBeTruthy()
  expect(ended.err).not.toMatch(/\n\s+at /)
  return error!
}

export function succeeded(ended: Ended): RunOutcome['run'] {
  expect(ended.exit, ended.err + ended.out).toBe(0)
  return (ended.json() as RunOutcome).run
}

/** Waits until a condition holds, at most for some seconds. */
export async function until(holds: () => boolean | Promise<boolean>, seconds = 60): Promise<void> {
  const end = Date.now() + seconds * 1000
  while (!(await holds())) {
    if (Date.now() > end) throw new Error('it did not come true in time')
    await new Promise((done) => setTimeout(done, 15))
  }
}
