import { Console } from 'node:console'
import { move, transferableSymbol, valueSymbol } from 'piscina'
import { KeptMemory } from './kept-memory.ts'
import { runTask } from './run-task.ts'
import type { Task } from './task.ts'

// Standard output belongs to the document that a command prints.
globalThis.console = new Console({ stdout: process.stderr, stderr: process.stderr })
process.stdout.write = process.stderr.write.bind(process.stderr) as typeof process.stdout.write

process.setSourceMapsEnabled(true)

const memory = new KeptMemory()

/** The entry of a worker thread. Without `move` the buffers of the result would arrive empty. */
export async function run(task: Task): Promise<unknown> {
  const { reply, transfer } = await runTask(task)
  if ('value' in reply && memory.isOver(new Set([...buffersOf(task), ...transfer])))
    return { fault: memory.fault() }
  return move({ [transferableSymbol]: transfer, [valueSymbol]: reply })
}

/** What came with the task: not kept by the plugin, but by this thread until the task is over. */
function buffersOf(task: Task): readonly ArrayBufferLike[] {
  if (task.kind === 'program') return []
  if (task.kind === 'fit') return Object.values(task.data).map(({ buffer }) => buffer)
  return task.message.buffers.flatMap((bytes) => (bytes ? [bytes.buffer] : []))
}
