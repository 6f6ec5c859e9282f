import { setTimeout as wait } from 'node:timers/promises'
import { print } from '../output.ts'
import { Screen } from './screen.ts'
import { progressText, runLine, runsText, type ShownRun } from './status-view.ts'

/** Looks again and again until a signal comes or nobody reads any more: a screen that is redrawn on a terminal, else a line for each change. */
export async function watchRuns(look: () => Promise<readonly ShownRun[]>, everyMs: number): Promise<void> {
  const leaving = new AbortController()
  const end = (): void => leaving.abort()
  const ends = ['SIGINT', 'SIGTERM', 'SIGHUP'] as const
  for (const signal of ends) process.on(signal, end)
  process.stdout.on('error', end)
  try {
    if (process.stdout.isTTY) await redraw(look, everyMs, leaving.signal)
    else await tellChanges(look, everyMs, leaving.signal)
  } finally {
    for (const signal of ends) process.off(signal, end)
    process.stdout.off('error', end)
  }
}

async function redraw(
  look: () => Promise<readonly ShownRun[]>,
  everyMs: number,
  leaving: AbortSignal,
): Promise<void> {
  using screen = new Screen(process.stdout)
  while (!leaving.aborted) {
    const runs = await look()
    const running = runs.filter(({ status }) => status === 'running')
    const time = new Date().toLocaleTimeString('en-GB')
    screen.draw([`${time}, Ctrl-C ends`, runsText(runs), ...running.map(progressText)].join('\n\n'))
    await pause(everyMs, leaving)
  }
}

async function tellChanges(
  look: () => Promise<readonly ShownRun[]>,
  everyMs: number,
  leaving: AbortSignal,
): Promise<void> {
  const told = new Map<string, string>()
  while (!leaving.aborted) {
    for (const run of (await look()).toReversed()) {
      const line = runLine(run)
      if (told.get(run.run) !== line) print(line)
      told.set(run.run, line)
    }
    await pause(everyMs, leaving)
  }
}

async function pause(ms: number, leaving: AbortSignal): Promise<void> {
  await wait(ms, undefined, { signal: leaving }).catch(() => undefined)
}
