import { type ChildProcess, fork, spawn } from 'node:child_process'
import { once } from 'node:events'
import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import type { Bench, Figure } from '../bench.ts'
import { commandLine } from '../command-line.ts'
import { median } from '../interleave.ts'
import type { Loaded, LoadOrder } from './load.ts'

const settings = `inbox:
  forms:
    clicks:
      fields:
        email: { type: text, required: true, max: 320, format: email }
        page: { type: text, required: true, max: 2000 }
        at: { type: text, format: date-time }
        seconds: { type: integer, min: 0 }
      rate: 100000000
`

const seconds = 5

/** Events that a server takes and flushes, with the sender on the same machine. */
export const inbox: Bench = {
  name: 'inbox',
  title: `events a second that \`sillage serve\` checks, flushes and answers, sent by one process on the same machine (${seconds} s a round)`,
  run: async ({ folder, rounds, say }) => {
    writeFileSync(join(folder, 'sillage.yaml'), settings)
    const { server, address } = await serve(folder)
    try {
      await measure({ address, events: 100, atOnce: 16, seconds: 2 })
      const figures: Figure[] = []
      for (const { what, events, bar } of [
        { what: '100 a request', events: 100, bar: 20_000 },
        { what: '1 a request', events: 1, bar: 0 },
      ]) {
        const measured: Loaded[] = []
        for (let round = 0; round < rounds; round += 1) {
          measured.push(await measure({ address, events, atOnce: 16, seconds }))
          say(`${what}: ${Math.round(rateOf(measured.at(-1)!))}/s`)
        }
        figures.push(figureOf({ what, bar, measured }))
      }
      return figures
    } finally {
      server.kill('SIGTERM')
      await once(server, 'exit')
    }
  },
}

async function serve(folder: string): Promise<{ readonly server: ChildProcess; readonly address: string }> {
  const server = spawn(process.execPath, [commandLine, 'serve', '--port', '0', '--output', 'json'], {
    cwd: folder,
    stdio: ['ignore', 'pipe', 'inherit'],
  })
  let text = ''
  for await (const part of server.stdout!) {
    text += String(part)
    const address = /"address": "([^"]+)"/.exec(text)?.[1]
    if (address !== undefined) return { server, address }
  }
  throw new Error(`the server did not start: ${text}`)
}

async function measure(order: LoadOrder): Promise<Loaded> {
  const sender = fork(fileURLToPath(new URL('sender.js', import.meta.url)))
  const loaded = once(sender, 'message') as Promise<[Loaded]>
  const ended = once(sender, 'exit').then(() => {
    throw new Error('the sender ended before its time')
  })
  sender.send(order)
  const [found] = await Promise.race([loaded, ended])
  return found
}

function figureOf({
  what,
  bar,
  measured,
}: {
  readonly what: string
  readonly bar: number
  readonly measured: readonly Loaded[]
}): Figure {
  const ms = measured.flatMap((one) => one.ms).sort((a, b) => a - b)
  const at = (share: number): string => ms[Math.floor(ms.length * share)]!.toFixed(1)
  return {
    what,
    value: median(measured.map(rateOf)),
    unit: '/s',
    bar,
    direction: 'at least',
    detail: `a request: p50 ${at(0.5)} ms, p99 ${at(0.99)} ms, 16 at once`,
  }
}

function rateOf(loaded: Loaded): number {
  return loaded.events / loaded.seconds
}
