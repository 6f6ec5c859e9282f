import { type ChildProcess, spawn } from 'node:child_process'
import { existsSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import { afterAll, beforeAll, expect, it } from 'vitest'
import { until } from './testing/outcome.ts'
import { slowWait } from './testing/own-plugin.ts'
import { TestProject } from './testing/project.ts'
import { Served } from './testing/served.ts'
import { shopOrders, shopPipeline } from './testing/shop.ts'

const bin = fileURLToPath(new URL('../bin/sillage.mjs', import.meta.url))
const project = new TestProject({
  'sillage.yaml': 'plugins: ["./plugins/*.ts"]\n',
  'plugins/slow.ts': slowWait,
  'orders.csv': shopOrders,
  'shop.yaml': shopPipeline(),
  'slow.yaml': `pipeline: slow
stages:
  raw: { uses: collect/csv, with: { path: orders.csv } }
  kept: { uses: enrich/derive, from: raw, with: { columns: { c: "1" } }, expect: [ { row_count: { min: 1 } } ] }
  slow: { uses: enrich/slow, from: kept, with: { rounds: 100000000000 } }
marts: { m: { from: slow } }
`,
})
beforeAll(async () => expect((await project.run(['run', 'shop'])).exit).toBe(0))
const started: ChildProcess[] = []
afterAll(() => {
  for (const child of started) child.kill('SIGKILL')
  project[Symbol.dispose]()
})

/** A run that goes on until it is stopped. */
function slowRun(): ChildProcess {
  const child = project.start(['run', 'slow', '--output', 'json'])
  started.push(child)
  return child
}

/** Starts the watch and gathers what it prints; on a terminal of its own where asked. */
function watch(env: Readonly<Record<string, string>> = {}, terminal = false) {
  const args = [bin, 'status', '--watch', '--interval', '100ms']
  const options = { cwd: project.folder, env: { ...process.env, ...env } }
  const child = terminal
    ? spawn(
        'script',
        ['-qefc', `stty rows 40 cols 100; exec ${process.execPath} ${args.join(' ')}`, '/dev/null'],
        options,
      )
    : spawn(process.execPath, args, options)
  started.push(child)
  let text = ''
  child.stdout.on('data', (part: Buffer) => {
    text += part.toString()
  })
  const ended = new Promise<number | null>((done) => child.on('close', done))
  return { child, ended, text: () => text }
}

it('on a pipe each change of a run is a line, as it comes; SIGINT ends it with 0', async () => {
  const watched = watch({ NO_COLOR: '1' })
  await until(() => watched.text().includes('shop succeeded 7/7 steps, 1 rejected'))
  const before = watched.text()
  expect(before.trimEnd().split('\n')).toHaveLength(1)
  const run = slowRun()
  await until(() => /slow running \d\/3 steps, 0 rejected at slow/.test(watched.text()))
  run.kill('SIGINT')
  await until(() => watched.text().includes('slow interrupted'))
  watched.child.kill('SIGINT')
  expect(await watched.ended).toBe(0)
  const lines = watched.text().trimEnd().split('\n')
  expect(new Set(lines).size).toBe(lines.length)
  expect(watched.text()).not.toContain('\u001b')
})

it('a run of a sample goes on beside a whole one: both are told, by status and by the server', async () => {
  const whole = slowRun()
  const part = project.start(['run', 'slow', '--sample', '3', '--output', 'json'])
  started.push(part)
  const told = async () =>
    (
      (await project.run(['status', 'slow', '--output', 'json', '--limit', '2'])).json() as {
        runs: readonly { status: string; current?: string }[]
      }
    ).runs.map(({ status, current }) => `${status} ${current}`)
  await until(async () => (await told()).join() === 'running slow,running slow', 60)
  const server = await Served.start(project)
  const { runs } = (await server.ask('/api/v1/runs?pipeline=slow&status=running')).json() as {
    runs: readonly object[]
  }
  expect(runs).toHaveLength(2)
  // Nobody planned it here before, and the run holds the working database.
  const drawn = (await server.ask('/api/v1/pipelines/slow')).json() as {
    stale: boolean
    nodes: readonly { id: string; action?: string }[]
    edges: readonly object[]
  }
  expect(drawn).toMatchObject({ stale: true, edges: [{ from: 'raw', to: 'kept' }, {}, { to: 'mart:m' }] })
  expect(drawn.nodes.map(({ id, action = 'unknown' }) => `${id} ${action}`)).toEqual([
    'raw unknown',
    'kept unknown',
    'slow unknown',
    'mart:m unknown',
  ])
  await server.stop()
  for (const run of [whole, part]) {
    run.kill('SIGINT')
    await project.ended(run)
  }
  expect(await told()).toEqual(['interrupted undefined', 'interrupted undefined'])
})

it('whoever stops reading ends it', async () => {
  const watched = watch()
  await until(() => watched.text() !== '')
  watched.child.stdout.destroy()
  const run = await project.run(['run', 'shop'])
  expect(run.exit).toBe(0)
  expect(await watched.ended).toBe(0)
})

const terminal = existsSync('/usr/bin/script')

it.skipIf(!terminal)(
  'on a terminal the second screen is redrawn with the stages of a run that goes on, and the first comes back',
  async () => {
    const watched = watch({ NO_COLOR: '1' }, true)
    const run = slowRun()
    await until(() => watched.text().includes('▸ slow'))
    const drawn = watched.text()
    expect(drawn).toContain('\u001b[?1049h')
    expect(drawn).toContain('= kept 6 rows')
    expect(drawn.split('\u001b[H').length).toBeGreaterThan(2)
    expect(drawn).not.toContain('\u001b[32m')
    watched.child.stdin.write('\u0003')
    await watched.ended
    expect(watched.text().trimEnd().endsWith('\u001b[?25h\u001b[?1049l')).toBe(true)
    run.kill('SIGINT')
    await project.ended(run)
  },
)

it.each([
  [['--interval', 'often'], 'usage'],
  [['--interval', '1ms'], 'usage'],
  [['--check'], 'usage'],
  [[], 'watch_is_text'],
])('status --watch %s is refused as %s', async (args, code) => {
  const ended = await project.run(['status', '--watch', '--output', 'json', ...args])
  expect(ended.exit, ended.out).toBe(2)
  expect(ended.json()).toMatchObject({ error: { code, hint: expect.any(String) } })
})
