import { mkdirSync, readFileSync, writeFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { runInProcess } from '@sillage/cli/testing/in-process'
import { expect } from 'vitest'

const root = fileURLToPath(new URL('../..', import.meta.url))

export interface RunDocument {
  readonly run: {
    readonly status: string
    readonly mart: string
    readonly steps: readonly {
      readonly stage: string
      readonly rows_in: number | null
      readonly rows_out: number
      readonly rejected: number
      readonly merged: number
      readonly filtered: number
      readonly delivery?: { readonly held: number }
    }[]
    readonly checks: readonly { readonly check: string; readonly status: string }[]
    readonly error?: { readonly code: string; readonly message: string }
  }
}

type Rows = readonly Readonly<Record<string, unknown>>[]

/** Runs the real command line at the root of the checkout; gives its JSON. */
export async function sillage<T>(
  args: readonly string[],
  env: Readonly<Record<string, string>> = {},
): Promise<T> {
  const { out, err } = await runInProcess([...args, '--output', 'json'], { folder: root, env })
  try {
    return JSON.parse(out) as T
  } catch {
    throw new Error(`sillage ${args.join(' ')} printed no JSON: ${out}${err}`)
  }
}

/** Runs a pipeline from nothing and holds the law of conservation on every step. */
export async function runPipeline(
  name: string,
  env: Readonly<Record<string, string>> = {},
): Promise<RunDocument['run']> {
  const { run } = await sillage<RunDocument>(['run', name, '--full-refresh'], env)
  for (const step of run.steps) {
    if (step.rows_in !== null)
      expect(step.rows_in, step.stage).toBe(
        step.rows_out + step.rejected + step.merged + step.filtered + (step.delivery?.held ?? 0),
      )
  }
  return run
}

export async function query(pipeline: string, statement: string): Promise<Rows> {
  return (await sillage<{ readonly rows: Rows }>(['query', pipeline, statement])).rows
}

/** Compares rows with a golden CSV file beside the test; `UPDATE_EXPECTED=1` writes it anew. */
export function expectRows(rows: Rows, testFile: string, name: string): void {
  const file = join(dirname(fileURLToPath(testFile)), 'expected', name)
  const text = [Object.keys(rows[0] ?? {}), ...rows.map((row) => Object.values(row))]
    .map((cells) =>
      cells
        .map((cell) => (cell === null ? '' : Array.isArray(cell) ? cell.join('|') : String(cell)))
        .join(';'),
    )
    .join('\n')
  if (process.env.UPDATE_EXPECTED) {
    mkdirSync(dirname(file), { recursive: true })
    writeFileSync(file, `${text}\n`)
  }
  expect(text).toBe(readFileSync(file, 'utf8').trimEnd())
}
