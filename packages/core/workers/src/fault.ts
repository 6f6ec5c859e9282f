import { isSillageError, isTransient } from '@sillage/base'
import type { PluginFault } from './task.ts'

/** An error that carries a fault to the edge of the worker. */
export class FaultError extends Error {
  readonly fault: PluginFault

  constructor(fault: PluginFault) {
    super(fault.message)
    this.fault = fault
  }

  get retryable(): boolean {
    return this.fault.retryable === true
  }
}

/** Makes plain data of whatever a plugin threw. */
export function toFault(phase: PluginFault['phase'], thrown: unknown): FaultError {
  if (thrown instanceof FaultError) return thrown
  const error = thrown instanceof Error ? thrown : new TypeError('threw something that is no Error')
  const known = isSillageError(error) ? { code: error.code, hint: error.hint } : {}
  const retryable = isTransient(error)
  return new FaultError({
    phase,
    name: error.name,
    message: error.message,
    stack: error.stack,
    retryable,
    ...known,
  })
}

/** The plugin gave what it did not declare. */
export function badOutput(message: string): FaultError {
  return new FaultError({ phase: 'output', name: 'Error', message, stack: undefined })
}
