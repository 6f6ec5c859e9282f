import { isTransient, type RetryBudget, retryTransient, withSecrets } from '@sillage/base'
import type { ReadStep } from '@sillage/plan'
import { openConnection, type ReadSource } from '@sillage/sdk'
import type { Filled, Filling } from '../engine.ts'
import { type Asking, readBatches } from './read-batches.ts'

/**
 * Asks a source for what came after its last committed batch, and commits what it gives batch by batch: whatever happens between two of
 * them, the next run goes on behind the last. What fails for the moment is tried again; each batch renews the budget.
 */
export async function pullSource(step: ReadStep, table: Filling, asking: Asking): Promise<Filled> {
  const { secret, signal } = asking
  const { default: plugin } = (await import(step.module)) as { readonly default: ReadSource }
  const config = withSecrets(step.config, secret)
  await using connection = await openConnection(step.connection, { secret, signal })
  const budget: RetryBudget | undefined = plugin.retry?.(config)
  let failed: unknown
  do {
    const before = failed
    failed = await retryTransient(
      async (attempt) => {
        if (attempt === 1 && before !== undefined) throw before
        await table.begin()
        const { batches } = table
        try {
          for await (const read of readBatches({
            step,
            plugin,
            config,
            connection: connection.value,
            since: table.cursor,
            asking,
          }))
            if (!(await table.commit(read))) return
          return
        } catch (error) {
          if (isTransient(error) && table.batches > batches) return error
          throw error
        }
      },
      { ...(budget === undefined ? {} : { budget }), signal },
    )
  } while (failed !== undefined)
  return await table.end()
}
