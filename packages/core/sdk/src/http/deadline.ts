/**
 * A signal that aborts with the run or after the timeout, until it is disposed of. `AbortSignal.timeout` would hold on to each request until
 * the timeout, whether it was answered or not.
 */
export function within(ms: number, run: AbortSignal): Disposable & { readonly signal: AbortSignal } {
  const controller = new AbortController()
  const end = (): void => controller.abort(run.reason)
  const timer = setTimeout(() => controller.abort(new Error('no answer in time')), ms)
  if (run.aborted) end()
  run.addEventListener('abort', end, { once: true })
  return {
    signal: controller.signal,
    [Symbol.dispose]: () => {
      clearTimeout(timer)
      run.removeEventListener('abort', end)
    },
  }
}
