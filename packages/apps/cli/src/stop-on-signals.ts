import { SillageError } from '@sillage/base'
import { note } from './output.ts'

const signals = ['SIGINT', 'SIGTERM'] as const
type Listener = (signal: NodeJS.Signals) => void
const listening = new Set<Listener>()

/**
 * The first signal stops the run at its next safe point. The second ends the process by its default action, and thus as 130 for a
 * shell: leaving by `process.exit` while DuckDB works would abort or hang.
 */
export function stopOnSignals(abort: AbortController): () => void {
  const onSignal = (signal: NodeJS.Signals): void => {
    if (abort.signal.aborted) {
      stop()
      process.kill(process.pid, 'SIGINT')
      return
    }
    note(`\n${signal}: stopping; finished steps are kept (again to stop at once)`)
    abort.abort(
      new SillageError({
        code: 'interrupted',
        message: 'Interrupted before anything ran',
        hint: 'run again: finished steps are reused',
      }),
    )
  }
  listening.add(onSignal)
  for (const signal of signals) process.on(signal, onSignal)
  const stop = (): void => {
    listening.delete(onSignal)
    for (const signal of signals) process.off(signal, onSignal)
  }
  return stop
}

/** How much foreign code runs at this moment. */
let foreign = 0

/**
 * Runs foreign code of the main thread with the default action of the signals: no listener is called while it loops, so that nothing else could
 * end it. A promise is waited for.
 */
export function endable<T>(work: () => T): T {
  enter()
  try {
    const result = work()
    if (result instanceof Promise) return result.finally(leave) as T
    leave()
    return result
  } catch (error) {
    leave()
    throw error
  }
}

function enter(): void {
  foreign += 1
  if (foreign === 1)
    for (const listener of listening) for (const signal of signals) process.off(signal, listener)
}

function leave(): void {
  foreign -= 1
  if (foreign === 0)
    for (const listener of listening) for (const signal of signals) process.on(signal, listener)
}
