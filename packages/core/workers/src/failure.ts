import { fileURLToPath } from 'node:url'
import { ownCode, ownPlace, SillageError } from '@sillage/base'
import type { PluginFault, Task } from './task.ts'

const shownLength = 200
const outOfMemoryHint =
  'keep less in memory, or give workers more: --memory for the run, limits: { memory: 1GB } in sillage.yaml for each worker'

/**
 * A plugin threw, could not be loaded, or gave what it did not declare. The plugin's own name of the error and its message are
 * shown (200 characters of it), so authors must not put values of customers into messages; of a SyntaxError, which quotes its
 * input, only the name. What the plugin threw as a SillageError keeps its code and hint. `cause` has all, for a debugger only.
 */
export function pluginFault(task: Task, fault: PluginFault): SillageError {
  const { phase, name, message, stack, code, hint, retryable } = fault
  const cause = Object.assign(new Error(message), { name, stack: stack ?? `${name}: ${message}` })
  if (phase === 'output')
    return failure(task, {
      code: 'plugin_output',
      does: `gave what it did not declare${where(task)}: ${message}`,
      hint: 'fix the plugin',
      cause,
    })
  if (phase === 'memory')
    return failure(task, {
      code: 'plugin_out_of_memory',
      does: `keeps too much from batch to batch, seen${where(task)}: ${message}`,
      hint: outOfMemoryHint,
      cause,
    })
  if (phase === 'load')
    return failure(task, {
      code: 'plugin_unloadable',
      does: `cannot be loaded: ${shown(fault)}`,
      hint: 'check the import statements of the plugin',
      cause,
    })
  const does = `${phase === 'open' ? 'failed to open' : 'failed'}${where(task)}: ${shown(fault)}${placeOf(task, fault)}`
  return failure(task, {
    code: code ?? 'plugin_failed',
    does,
    hint: hint ?? 'fix the plugin, or refuse such rows in a clean/contract before it',
    retryable: retryable ?? false,
    cause,
  })
}

export function pluginTimeout(task: Task, timeoutMs: number): SillageError {
  const seconds = (timeoutMs / 1000).toLocaleString('en')
  return failure(task, {
    code: 'plugin_timeout',
    does: `took longer than ${seconds} s${where(task)}`,
    hint: `look for an endless loop, or allow more time in sillage.yaml: limits: { ${'message' in task ? 'batch: 10m' : 'fit: 1h'} }`,
  })
}

/** The process grew beyond its limits while the plugin worked. */
export function pluginOverMemory(task: Task): SillageError {
  return failure(task, {
    code: 'plugin_out_of_memory',
    does: `took more memory than it may${where(task)}`,
    hint: outOfMemoryHint,
  })
}

/** The worker died under the plugin: it left the process or used up its memory. */
export function pluginCrashed(task: Task, cause: unknown): SillageError {
  const isHeap = cause instanceof Error && 'code' in cause && cause.code === 'ERR_WORKER_OUT_OF_MEMORY'
  if (isHeap)
    return failure(task, {
      code: 'plugin_out_of_memory',
      does: `used up its memory${where(task)}`,
      hint: outOfMemoryHint,
      cause,
    })
  return failure(task, {
    code: 'plugin_crashed',
    does: `ended its worker${where(task)}`,
    hint: 'a plugin must throw when it fails, and never call process.exit',
    cause,
  })
}

interface Failure {
  readonly code: string
  readonly does: string
  readonly hint?: string | undefined
  readonly retryable?: boolean
  readonly cause?: unknown
}

function failure(task: Task, { code, does, hint, retryable = false, cause }: Failure): SillageError {
  const rows = 'message' in task ? { firstRow: task.firstRow, rows: task.message.rows } : {}
  return new SillageError({
    code: ownCode(code),
    message: `plugin ${task.plugin} ${does}`,
    hint,
    retryable,
    facts: { plugin: task.plugin, ...rows },
    cause,
  })
}

/** ` on rows 65,536–131,071`, counted from 0. */
function where(task: Task): string {
  if (task.kind === 'fit') return ' while it fitted'
  if (task.kind === 'program') return ' while it ran'
  const last = task.firstRow + Math.max(0, task.message.rows - 1)
  return ` on rows ${task.firstRow.toLocaleString('en')}–${last.toLocaleString('en')}`
}

/** ` (plugins/own.ts:5:12)`, for a plugin of the project's own. */
function placeOf({ module }: Pick<Task, 'module'>, { stack }: PluginFault): string {
  const [folder, built] = fileURLToPath(module).split('/.sillage/plugins/')
  const place = built === undefined ? undefined : ownPlace(stack, folder!)
  return place === undefined ? '' : ` (${place})`
}

function shown({ name, message }: PluginFault): string {
  if (name === 'SyntaxError') return name
  const text = `${name === 'SillageError' ? '' : `${name}: `}${message.replaceAll(/\s+/g, ' ')}`
  return text.length > shownLength ? `${text.slice(0, shownLength - 1)}…` : text
}
