import { isSillageError, SillageError } from '@sillage/base'
import { relationOf, relationSql, type Step } from '@sillage/plan'
import { sql } from '@sillage/sdk'
import { damagedFile } from './damaged-file.ts'
import type { Relations } from './engine.ts'

/** Where a statement with fused views fails, runs each view by itself and names the first that fails. */
export async function blameFused({
  error,
  step,
  fused,
  probe,
}: {
  readonly error: unknown
  readonly step: Step
  readonly fused: readonly Step[]
  readonly probe: Relations['probe']
}): Promise<unknown> {
  if (!isSillageError(error)) return error
  const damaged = await damagedFile({ error, steps: [...fused, step], probe })
  if (damaged) return damaged
  if (error.code !== 'statement_failed') return error
  for (const view of fused) {
    try {
      await probe(sql`select * from ${relationSql(relationOf(view.kind, view.stage))}`)
    } catch (inner) {
      if (isSillageError(inner))
        return new SillageError({
          code: inner.code,
          message: `"${view.stage}": ${inner.message}`,
          hint: inner.hint ?? hintFor(view),
          facts: { ...inner.facts, stage: view.stage },
          cause: inner,
        })
    }
  }
  return new SillageError({
    code: error.code,
    message: `"${step.stage}": ${error.message}`,
    hint: error.hint ?? hintFor(step),
    exit: error.exit,
    facts: { ...error.facts, stage: step.stage },
    cause: error,
  })
}

function hintFor(step: Pick<Step, 'style'>): string {
  return step.style === 'source'
    ? 'check the file and the options of the source; `sillage plan --sql` shows how it is read'
    : 'check the types: clean/contract refuses what does not cast, row by row'
}
