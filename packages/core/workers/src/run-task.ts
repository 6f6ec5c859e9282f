import { retryTransient } from '@sillage/base'
import type { BatchResult, ModelJson } from '@sillage/sdk'
import { arrowSchema, type BatchMessage, fromMessage, toMessage } from '@sillage/sql/arrow'
import { RecordBatch } from 'apache-arrow'
import { batchMaker } from './batch-maker.ts'
import { textsOf } from './decode-texts.ts'
import { badOutput, FaultError, toFault } from './fault.ts'
import { loadBatchPlugin, loadModelPlugin } from './loaded-plugin.ts'
import { runProgram } from './program/run-program.ts'
import { Listener } from './talk.ts'
import type { BatchTask, FitTask, Passed, Reply, Task } from './task.ts'
import { verifyOutput, verifyRows } from './verify-output.ts'

export interface Answer {
  readonly reply: Reply<unknown>
  readonly transfer: readonly ArrayBuffer[]
}

/** Runs one task in the thread that calls. Never throws: what a plugin does wrong comes back as a fault. */
export async function runTask(task: Task): Promise<Answer> {
  try {
    switch (task.kind) {
      case 'fit':
        return await fit(task)
      case 'program':
        return { reply: { value: await runProgram(task) }, transfer: [] }
      default:
        return await transform(task)
    }
  } catch (error) {
    const { fault } = error instanceof FaultError ? error : toFault('run', error)
    return { reply: { fault }, transfer: [] }
  }
}

async function transform(task: BatchTask): Promise<Answer> {
  const { message } = task
  const mine = new Set<ArrayBufferLike>(message.buffers.flatMap((bytes) => (bytes ? [bytes.buffer] : [])))
  const batch = fromMessage(arrowSchema(task.reads), message)
  using listener = new Listener(task.port)
  const made = partsOf(await retryTransient(() => call(task, { batch, mine, listener })))
  const transfer: ArrayBuffer[] = []
  const sent = (verified: RecordBatch): BatchMessage => {
    const parcel = toMessage(verified, (buffer) => mine.has(buffer))
    transfer.push(...parcel.transfer)
    return parcel.message
  }
  const value: Passed<BatchMessage> = {
    rows: sent(verifiedRows(made.rows, task)),
    outputs: sentOutputs(made, task, sent),
  }
  return { reply: { value }, transfer: [...new Set(transfer)] }
}

function partsOf(made: BatchResult): Exclude<BatchResult, RecordBatch> {
  return RecordBatch.isRecordBatch(made) ? { rows: made } : (made ?? { rows: made })
}

function verifiedRows(batch: unknown, task: BatchTask): RecordBatch {
  const { output, firstRow, message } = task
  const { rows: does, rejects } = task.kind === 'batch' ? task : { rows: 'same' as const, rejects: 0 }
  return verifyOutput({ batch, rowsIn: message.rows, firstRow, does, output, rejects })
}

function sentOutputs(
  { outputs = {} }: Exclude<BatchResult, RecordBatch>,
  task: BatchTask,
  sent: (batch: RecordBatch) => BatchMessage,
): Readonly<Record<string, BatchMessage>> {
  const declared = task.kind === 'batch' ? task.outputs : {}
  return Object.fromEntries(
    Object.entries(outputs).map(([name, batch]) => {
      const columns = declared[name]
      if (columns === undefined) throw badOutput(`an output "${name}", which it does not declare`)
      return [name, sent(verifyRows(batch, columns))]
    }),
  )
}

interface CallFacts {
  readonly batch: RecordBatch
  readonly mine: Set<ArrayBufferLike>
  readonly listener: Listener
}

async function call(task: BatchTask, { batch, mine, listener }: CallFacts): Promise<BatchResult> {
  const { config } = task
  const make = batchMaker(mine)
  if (task.kind === 'apply') {
    const plugin = await loadModelPlugin(task)
    return plugin.apply({ batch, model: task.model, config, make })
  }
  const { plugin, state } = await loadBatchPlugin(task)
  return plugin.batch({
    batch,
    config,
    state,
    make,
    texts: (column) => textsOf(batch, column),
    note: listener.note,
    get signal() {
      return listener.signal
    },
  })
}

async function fit(task: FitTask): Promise<Answer> {
  const { data, config, asOf } = task
  const plugin = await loadModelPlugin(task)
  const model: ModelJson = await retryTransient(() => plugin.fit({ data, config, asOf }))
  const flaw = flawOf(model, 'the model')
  if (flaw) throw badOutput(flaw)
  return { reply: { value: model }, transfer: [] }
}

/** What would not survive being stored as JSON: NaN and infinities become null there, without a word. */
function flawOf(value: unknown, path: string): string | undefined {
  if (typeof value === 'number')
    return Number.isFinite(value) ? undefined : `${path} is ${value}, which JSON cannot hold`
  if (value === null || typeof value === 'string' || typeof value === 'boolean') return undefined
  if (Array.isArray(value)) return first(value.entries(), path)
  if (typeof value === 'object' && isPlain(value)) return first(Object.entries(value), path)
  return value === undefined ? undefined : `${path} is no plain JSON`
}

function first(entries: Iterable<readonly [string | number, unknown]>, path: string): string | undefined {
  for (const [key, value] of entries) {
    const flaw = flawOf(value, `${path}.${key}`)
    if (flaw) return flaw
  }
  return undefined
}

function isPlain(value: object): boolean {
  const prototype: unknown = Object.getPrototypeOf(value)
  return prototype === Object.prototype || prototype === null
}
