import { spawn } from 'node:child_process'
import { mkdirSync, rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import type { Figure } from '../bench.ts'
import { commandLine } from '../command-line.ts'
import { treePeakMb } from '../memory/tree-peak.ts'
import { pipelineText, writePeople } from './people.ts'

const everyMs = 10
const times = 3

/** Whether memory grows with the audience: the peak of a whole first run of the command line, at all rows and at a tenth. */
export async function peakRatio({
  rows,
  folder,
  url,
  say,
}: {
  readonly rows: number
  readonly folder: string
  readonly url: string
  readonly say: (text: string) => void
}): Promise<readonly Figure[]> {
  if (process.platform !== 'linux') {
    say('memory skipped: VmHWM is told by Linux alone')
    return []
  }
  mkdirSync(folder, { recursive: true })
  writeFileSync(join(folder, 'pipeline.yaml'), pipelineText(url))
  const peaks: number[] = []
  for (const count of [Math.round(rows / 10), rows]) {
    await writePeople({ path: join(folder, 'people.parquet'), rows: count })
    const taken: number[] = []
    for (let time = 0; time < times; time += 1) taken.push(await peakOfRun(folder))
    peaks.push(taken.sort((a, b) => a - b)[times >> 1]!)
  }
  const [few, all] = peaks as [number, number]
  return [
    {
      what: 'peak memory, all rows / a tenth',
      value: all / few,
      unit: '×',
      bar: 1.15,
      direction: 'at most',
      detail: `${all.toFixed(0)} MB / ${few.toFixed(0)} MB`,
    },
  ]
}

async function peakOfRun(folder: string): Promise<number> {
  for (const name of ['.sillage', 'marts', 'state'])
    rmSync(join(folder, name), { recursive: true, force: true })
  const child = spawn(
    process.execPath,
    [commandLine, 'run', 'pipeline.yaml', '--memory', '512MB', '--threads', '2', '--output', 'json'],
    { cwd: folder, stdio: ['ignore', 'ignore', 'inherit'] },
  )
  let peak = 0
  const timer = setInterval(() => {
    peak = Math.max(peak, treePeakMb(child.pid!))
  }, everyMs)
  const exit = await new Promise((done) => child.once('exit', done))
  clearInterval(timer)
  if (exit !== 0) throw new Error(`the run ended with ${exit}`)
  return peak
}
