import { arrowSchema, fromMessage, toMessage } from '@sillage/sql/arrow'
import type { RecordBatch } from 'apache-arrow'
import type { Call, Passed } from './task.ts'
import type { WorkerPool } from './worker-pool.ts'

export interface MapFacts {
  readonly pool: WorkerPool
  /** Batches with the columns of `task.reads`; their memory moves to the workers. */
  readonly source: AsyncIterable<RecordBatch>
  readonly task: Call
  /** Told what the plugin notes. */
  readonly note?: ((text: string) => void) | undefined
  readonly signal?: AbortSignal | undefined
}

/**
 * Sends batches through a plugin and gives the results in the order of the source, with the schema of `task.output`. At most two
 * batches a thread are under way, fewer where the plugin bears no more: a slow consumer slows the source.
 *
 * Throws the failure of the first batch that failed, in the order of the source, or the signal's reason. After a failure and on
 * leaving early, what is under way is ended.
 */
export async function* mapBatches({
  pool,
  source,
  task,
  note,
  signal,
}: MapFacts): AsyncGenerator<Passed, void, undefined> {
  const schema = arrowSchema(task.output)
  const outputs = task.kind === 'batch' ? task.outputs : {}
  const most = Math.min(
    pool.threads * 2,
    (task.kind === 'batch' && task.limits.atOnce) || Number.POSITIVE_INFINITY,
  )
  const stop = new AbortController()
  const follow = () => stop.abort(signal?.reason)
  if (signal?.aborted) follow()
  signal?.addEventListener('abort', follow)
  const underWay: Promise<Passed>[] = []
  let firstRow = 0
  const send = async (batch: RecordBatch): Promise<Passed> => {
    const { message, transfer } = toMessage(batch)
    const sent = { ...task, message, firstRow }
    firstRow += message.rows
    const passed = await pool.transform(sent, { transfer, note, signal: stop.signal })
    const more = Object.entries(passed.outputs).map(([name, rows]) => [
      name,
      fromMessage(arrowSchema(outputs[name]!), rows),
    ])
    return { rows: fromMessage(schema, passed.rows), outputs: Object.fromEntries(more) }
  }
  try {
    for await (const batch of source) {
      stop.signal.throwIfAborted()
      const result = send(batch)
      // Its failure is thrown in its turn; until then nobody waits for it.
      result.catch(() => {})
      underWay.push(result)
      if (underWay.length >= most) yield await underWay.shift()!
    }
    while (underWay.length > 0) yield await underWay.shift()!
  } finally {
    signal?.removeEventListener('abort', follow)
    stop.abort()
    await Promise.allSettled(underWay)
  }
}
