import { appendFileSync, existsSync, readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { readLines, summarise } from './read-journal.ts'

const looksBack = 10

/**
 * Writes the end into the journals of runs that were killed, among the latest of a folder: `interrupted`, at the time of their last
 * line. `isAlive` tells of a process whether it still runs. Gives the names of the runs.
 */
export function repairJournals(folder: string, isAlive: (pid: number) => boolean): readonly string[] {
  if (!existsSync(folder)) return []
  const files = readdirSync(folder)
    .filter((file) => file.endsWith('.jsonl'))
    .sort()
    .slice(-looksBack)
  return files.flatMap((file) => {
    const path = join(folder, file)
    const lines = readLines(path)
    const run = summarise(lines)
    if (run?.status !== 'running' || isAlive(run.pid)) return []
    const { n, at } = lines.at(-1)!
    const end = {
      n: n + 1,
      at,
      event: 'run_finished',
      status: 'interrupted',
      seconds: Math.max(0, Date.parse(at) - Date.parse(run.started)) / 1000,
      error: {
        code: 'interrupted',
        message: run.current === undefined ? 'The run was killed' : `The run was killed in "${run.current}"`,
        ...(run.current === undefined ? {} : { stage: run.current }),
        hint: 'run again: finished steps are reused',
      },
    }
    const torn = readFileSync(path, 'utf8').endsWith('\n') ? '' : '\n'
    appendFileSync(path, `${torn}${JSON.stringify(end)}\n`)
    return [run.run]
  })
}
