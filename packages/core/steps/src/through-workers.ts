import type { BatchCall, Call } from '@sillage/workers'
import type { Through } from './engine.ts'
import type { Hands } from './style.ts'

/** Batches through the workers, a bounded number at a time; the workers end behind the last one. */
export function throughWorkers(
  call: Call,
  { pool, signal, note }: Pick<Hands, 'pool' | 'signal'> & { readonly note?: (text: string) => void },
): Through {
  return async function* (source, beside = {}) {
    const { mapBatches, shareBeside } = await import('@sillage/workers/batches')
    const shared = shareBeside(beside)
    const task = shared === undefined ? call : ({ ...call, beside: shared } as BatchCall)
    yield* mapBatches({ pool: await pool.get(), source, task, note, signal })
    await pool.close()
  }
}
