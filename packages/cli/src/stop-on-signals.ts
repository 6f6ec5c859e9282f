import { exitCode } from '@sillage/base'
import { note } from './output.ts'

/** The first signal stops the run at its next safe point; the second ends the process. */
export function stopOnSignals(abort: AbortController): () => void {
  const onSignal = (signal: NodeJS.Signals): void => {
    if (abort.signal.aborted) process.exit(exitCode.interrupted)
    note(`\n${signal}: stopping; finished steps are kept (again to stop at once)`)
    abort.abort(new Error('interrupted'))
  }
  process.on('SIGINT', onSignal)
  process.on('SIGTERM', onSignal)
  return () => {
    process.off('SIGINT', onSignal)
    process.off('SIGTERM', onSignal)
  }
}
