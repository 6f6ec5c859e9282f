import type { Workshop } from './workshop.ts'

const watchMs = 250

/** Tells how far DuckDB is while a step is made, until the function that it gives is called. */
export function watch(stage: string, { session, order }: Workshop): () => void {
  const timer = setInterval(() => {
    const { percentage } = session.connection.progress
    order.onProgress({ stage, ...(percentage > 0 ? { fraction: percentage / 100 } : {}) })
  }, watchMs)
  timer.unref()
  return () => clearInterval(timer)
}
