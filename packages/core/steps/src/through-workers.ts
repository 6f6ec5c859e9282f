import type { Call } from '@sillage/workers'
import type { Through } from './engine.ts'
import type { Hands } from './style.ts'

/** Batches through the workers, a bounded number at a time; the workers end behind the last one. */
export function throughWorkers(call: Call, { pool, signal }: Pick<Hands, 'pool' | 'signal'>): Through {
  return async function* (source) {
    const { mapBatches } = await import('@sillage/workers/batches')
    yield* mapBatches({ pool: await pool.get(), source, task: call, signal })
    await pool.close()
  }
}
