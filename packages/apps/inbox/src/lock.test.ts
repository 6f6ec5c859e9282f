import { type ChildProcess, spawn } from 'node:child_process'
import { mkdtempSync, readdirSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, expect, it } from 'vitest'

let folder: string
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'sillage-lock-'))
})
afterEach(() => rmSync(folder, { recursive: true, force: true }))

/** Waits for a word, tries to take the inbox, says how it went, and holds it until it is ended. */
const program = `
  const { lockInbox } = await import(${JSON.stringify(new URL('../dist/lock.js', import.meta.url).href)})
  process.stdout.write('ready\\n')
  process.stdin.once('data', async () => {
    try {
      const lock = await lockInbox(${'process.argv[1]'})
      process.stdout.write('held\\n')
      process.stdin.once('data', async () => { await lock[Symbol.asyncDispose](); process.exit(0) })
    } catch (error) { process.stdout.write(error.code + '\\n') }
  })
`

class Racer {
  readonly child: ChildProcess
  #lines: string[] = []
  #wake: () => void = () => undefined

  constructor() {
    this.child = spawn(process.execPath, ['--input-type=module', '-e', program, folder], {
      stdio: ['pipe', 'pipe', 'inherit'],
    })
    this.child.stdout!.on('data', (part: Buffer) => {
      this.#lines.push(...part.toString().split('\n').filter(Boolean))
      this.#wake()
    })
  }

  async says(): Promise<string> {
    while (this.#lines.length === 0) await new Promise<void>((wake) => (this.#wake = wake))
    return this.#lines.shift()!
  }

  go(): void {
    this.child.stdin!.write('go\n')
  }

  async end(signal?: 'SIGKILL'): Promise<void> {
    const ended = new Promise((done) => this.child.once('exit', done))
    if (signal) this.child.kill(signal)
    else this.go()
    await ended
  }
}

it('of many that find a lock that nobody holds any more, at the same instant, one takes it', async () => {
  const first = new Racer()
  await first.says()
  first.go()
  expect(await first.says()).toBe('held')
  await first.end('SIGKILL')
  for (let round = 0; round < 5; round += 1) {
    const racers = Array.from({ length: 6 }, () => new Racer())
    for (const racer of racers) expect(await racer.says()).toBe('ready')
    for (const racer of racers) racer.go()
    const said = await Promise.all(racers.map((racer) => racer.says()))
    expect([...said].sort(), `round ${round}`).toEqual(['held', ...Array(5).fill('inbox_busy')].sort())
    // Every second time the one that holds it lets go of it as it should.
    for (const [index, racer] of racers.entries())
      await racer.end(said[index] === 'held' && round % 2 === 1 ? undefined : 'SIGKILL')
  }
  expect(readdirSync(folder)).toHaveLength(1)
})
