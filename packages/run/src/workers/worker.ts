import { Console } from 'node:console'
import { move, transferableSymbol, valueSymbol } from 'piscina'
import { runTask } from './run-task.ts'
import type { Task } from './task.ts'

// Standard output belongs to the document that a command prints.
globalThis.console = new Console({ stdout: process.stderr, stderr: process.stderr })

/** The entry of a worker thread. Without `move` the buffers of the result would arrive empty. */
export async function run(task: Task): Promise<unknown> {
  const { reply, transfer } = await runTask(task)
  return move({ [transferableSymbol]: transfer, [valueSymbol]: reply })
}
