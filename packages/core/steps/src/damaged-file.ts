import { isSillageError, SillageError } from '@sillage/base'
import type { Step } from '@sillage/plan'
import { sql } from '@sillage/sdk'
import type { Relations } from './engine.ts'

/** What a damaged file makes of a statement: it is told what it read there, or asked for more memory than there is. */
const suspicious: ReadonlySet<string> = new Set(['statement_failed', 'out_of_memory'])

/** The file that cannot be read by itself, where a statement that reads sources failed; undefined where each can. */
export async function damagedFile({
  error,
  steps,
  probe,
}: {
  readonly error: SillageError
  readonly steps: readonly Step[]
  readonly probe: Relations['probe']
}): Promise<SillageError | undefined> {
  if (!suspicious.has(error.code)) return undefined
  for (const step of steps) {
    if (step.style !== 'source') continue
    for (const { shown, select } of step.each ?? []) {
      const inner = await probe(sql.trusted(select)).then(
        () => undefined,
        (cause: unknown) => cause,
      )
      if (isSillageError(inner) && suspicious.has(inner.code)) return cannotBeRead({ step, shown, inner })
    }
  }
  return undefined
}

function cannotBeRead({
  step: { stage },
  shown,
  inner,
}: {
  readonly step: Step
  readonly shown: string
  readonly inner: SillageError
}): SillageError {
  const why = inner.code === 'out_of_memory' ? 'it asks for more memory than there is' : inner.message
  return new SillageError({
    code: 'file_damaged',
    message: `"${stage}": ${shown} cannot be read: ${why}`,
    hint: 'it is probably damaged: copy or write it again, or remove it from the list',
    exit: inner.exit,
    facts: { ...inner.facts, stage },
    cause: inner,
  })
}
