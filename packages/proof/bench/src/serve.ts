import { spawn } from 'node:child_process'
import { mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs'
import { Agent, get, request } from 'node:http'
import { join } from 'node:path'
import { onlineRetail } from '@sillage/cli/testing/online-retail'
import type { Bench, Figure } from './bench.ts'
import { writeLines } from './chain/lines.ts'
import { commandLine } from './command-line.ts'

const ownRows = 10_000_000
const barMs = 20
const everyMs = 10
/** Runs that the server knows besides: one a day for a year. */
const earlierRuns = 365
const paths = ['/healthz', '/metrics'] as const

/** Whether who watches the server is answered while it works. Requests are sent by the clock, whether the last was answered or not. */
export const serve: Bench = {
  name: 'serve',
  title: `p99 of /healthz and /metrics, each asked every ${everyMs} ms, while a run of the fixed file goes on in a child of the server that knows ${earlierRuns} earlier runs`,
  run: async ({ rows = ownRows, folder, say }) => {
    mkdirSync(join(folder, 'online-retail'))
    await writeLines({ path: join(folder, 'online-retail', 'online_retail.parquet'), rows })
    writeFileSync(join(folder, 'pipeline.yaml'), onlineRetail(folder))
    say(`${rows.toLocaleString('en-US')} lines`)
    const child = spawn(process.execPath, [commandLine, 'serve', '--port', '0', '--output', 'json'], {
      cwd: folder,
      stdio: ['ignore', 'pipe', 'inherit'],
    })
    try {
      const address = await addressOf(child.stdout)
      await oneRun(address)
      writeEarlier(folder)
      const { seconds, taken } = await watchedRun(address)
      return paths.map((path) => figureOf(path, taken[path], seconds))
    } finally {
      const ended = new Promise((done) => child.once('exit', done))
      child.kill('SIGTERM')
      await ended
    }
  },
}

type Taken = Readonly<Record<(typeof paths)[number], number[]>>

/** A full run, while both addresses are asked. Gives its seconds and how long each answer took, in milliseconds. */
async function watchedRun(address: string): Promise<{ readonly seconds: number; readonly taken: Taken }> {
  const agent = new Agent({ keepAlive: true })
  const taken: Taken = { '/healthz': [], '/metrics': [] }
  for (const path of paths) await answered(`${address}${path}`, agent)
  const open = new Set<Promise<void>>()
  const timer = setInterval(() => {
    for (const path of paths) {
      const asked = answered(`${address}${path}`, agent).then((ms) => void taken[path].push(ms))
      open.add(asked)
      void asked.finally(() => open.delete(asked))
    }
  }, everyMs)
  const start = performance.now()
  await oneRun(address)
  const seconds = (performance.now() - start) / 1000
  clearInterval(timer)
  await Promise.all(open)
  agent.destroy()
  return { seconds, taken }
}

/** The milliseconds until an answer is whole. */
function answered(url: string, agent: Agent): Promise<number> {
  const start = performance.now()
  return new Promise((done, fail) => {
    get(url, { agent }, (answer) => {
      if (answer.statusCode !== 200) fail(new Error(`${url}: ${answer.statusCode}`))
      answer.resume().on('end', () => done(performance.now() - start))
    }).on('error', fail)
  })
}

/** Starts a full run and waits for its end by its stream of events. */
async function oneRun(address: string): Promise<void> {
  const started = JSON.parse(
    await send(`${address}/api/v1/pipelines/online-retail/runs`, '{"full_refresh":true}'),
  )
  const events = await (await fetch(`${address}${(started as { readonly events: string }).events}`)).text()
  if (!/event: end\ndata: .*"status":"succeeded"/.test(events))
    throw new Error(`the run failed: ${events.slice(-500)}`)
}

function send(url: string, body: string): Promise<string> {
  return new Promise((done, fail) => {
    const asked = request(
      url,
      { method: 'POST', headers: { 'content-type': 'application/json' } },
      (answer) => {
        let text = ''
        answer.on('data', (part) => {
          text += String(part)
        })
        answer.on('end', () => done(text))
      },
    )
    asked.on('error', fail).end(body)
  })
}

/** Journals of runs on the days before, as the first run left its own. */
function writeEarlier(folder: string): void {
  const journals = join(folder, '.sillage', 'online-retail', 'runs')
  const [name] = readdirSync(journals)
  const run = name!.replace('.jsonl', '')
  const text = readFileSync(join(journals, name!), 'utf8')
  for (let day = 0; day < earlierRuns; day += 1) {
    const earlier = `${2000 + Math.floor(day / 365)}0101T${String(day).padStart(6, '0')}-0000`
    writeFileSync(join(journals, `${earlier}.jsonl`), text.replaceAll(run, earlier))
  }
}

async function addressOf(out: NodeJS.ReadableStream): Promise<string> {
  let text = ''
  for await (const part of out) {
    text += String(part)
    const found = /"address": "([^"]+)"/.exec(text)?.[1]
    if (found) return found
  }
  throw new Error('the server did not start')
}

function figureOf(path: string, taken: readonly number[], seconds: number): Figure {
  const sorted = [...taken].sort((a, b) => a - b)
  const at = (share: number): number =>
    sorted[Math.min(sorted.length - 1, Math.floor(sorted.length * share))]!
  return {
    what: path,
    value: at(0.99),
    unit: 'ms',
    bar: barMs,
    direction: 'at most',
    detail: `median ${at(0.5).toFixed(1)} ms, longest ${at(1).toFixed(0)} ms, ${taken.length} requests in ${seconds.toFixed(0)} s`,
  }
}
