import { exitCode, SillageError } from '@sillage/base'
import { note } from './output.ts'

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
        exit: exitCode.interrupted,
      }),
    )
  }
  process.on('SIGINT', onSignal)
  process.on('SIGTERM', onSignal)
  const stop = (): void => {
    process.off('SIGINT', onSignal)
    process.off('SIGTERM', onSignal)
  }
  return stop
}
