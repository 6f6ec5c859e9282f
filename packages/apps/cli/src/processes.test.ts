import { existsSync, readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { afterAll, describe, expect, it } from 'vitest'
import { failure, succeeded, until } from './testing/outcome.ts'
import { slowSql } from './testing/own-plugin.ts'
import { TestProject } from './testing/project.ts'

const pipeline = (rounds: number): string => `pipeline: slow
stages:
  raw: { uses: collect/csv, with: { path: a.csv } }
  quick: { uses: enrich/derive, from: raw, with: { columns: { c: "id + 1" } }, expect: [ { unique: [id] } ] }
  slow: { uses: enrich/slow, from: quick, with: { rounds: ${rounds} } }
marts: { m: { from: slow, key: [id] } }
`

function slowProject(rounds: number): TestProject {
  return new TestProject({
    'sillage.yaml': 'plugins: ["./plugins/*.ts"]\n',
    'plugins/slow.ts': slowSql,
    'a.csv': 'id,b\n1,x\n2,yy\n',
    'pipeline.yaml': pipeline(rounds),
  })
}

/** Lines of the newest journal. */
function journal(project: TestProject): string {
  const folder = join(project.folder, '.sillage/slow/runs')
  const [newest] = existsSync(folder) ? readdirSync(folder).sort().reverse() : []
  return newest === undefined ? '' : readFileSync(join(folder, newest), 'utf8')
}

async function statusOf(project: TestProject): Promise<string> {
  const { runs } = (await project.run(['status', '--output', 'json'])).json() as {
    readonly runs: readonly { readonly status: string }[]
  }
  return runs[0]!.status
}

describe('while a run goes on', () => {
  const project = slowProject(100_000_000_000)
  afterAll(() => project[Symbol.dispose]())
  const started = () => until(() => journal(project).includes('"step_started","stage":"slow"'))

  it('a second run is told who is at it, and SIGINT ends the first as interrupted', async () => {
    const first = project.start(['run', '--output', 'json'])
    const ended = project.ended(first)
    await started()
    const second = await project.run(['run', '--output', 'json'])
    expect(second.exit).toBe(75)
    const { error } = second.json() as { readonly error: Readonly<Record<string, string>> }
    expect(error.code).toBe('busy')
    expect(error.message).toContain(`pid ${first.pid}`)
    expect(error.message).toContain('sillage run')
    expect(await statusOf(project)).toBe('running')
    first.kill('SIGINT')
    expect(failure(await ended, 130).code).toBe('interrupted')
    expect(await statusOf(project)).toBe('interrupted')
  })

  it('killed without warning, its status is interrupted and the next run reuses what was finished', async () => {
    const first = project.start(['run', '--output', 'json'])
    const ended = project.ended(first)
    await until(
      () =>
        journal(project).includes('"step_started","stage":"slow"') &&
        !journal(project).includes('run_finished'),
    )
    first.kill('SIGKILL')
    await ended
    expect(await statusOf(project)).toBe('interrupted')
    project.write('pipeline.yaml', pipeline(1))
    const { steps } = succeeded(await project.run(['run', '--output', 'json']))
    expect(steps.map(({ stage, action }) => [stage, action])).toEqual([
      ['raw', 'reuse'],
      ['quick', 'reuse'],
      ['slow', 'resume'],
    ])
  })
})

it('stopped while a plugin of its own looks at its files, a run ends at once and leaves nothing', async () => {
  using project = new TestProject({
    'sillage.yaml': 'plugins: ["./plugins/*.ts"]\n',
    'plugins/own.ts': `import { writeFileSync } from 'node:fs'
import { defineSource, t } from '@sillage/sdk'
export default defineSource({ name: 'collect/own', summary: 'A test.', description: 'A test.', examples: [],
  config: t.object({}),
  scan: () => {
    writeFileSync('asked', '')
    return new Promise(() => setInterval(() => {}, 1000))
  } })
`,
    'pipeline.yaml':
      'pipeline: p\nstages:\n  a: { uses: collect/own }\n  b: { uses: collect/own }\nmarts: { m: { from: a } }\n',
  })
  const child = project.start(['run'])
  const ended = project.ended(child)
  await until(() => existsSync(join(project.folder, 'asked')))
  child.kill('SIGINT')
  const { err } = await ended
  expect(child.signalCode).toBe('SIGINT')
  expect(err).not.toContain('stage_invalid')
  expect(existsSync(join(project.folder, 'marts'))).toBe(false)
})

describe('killed at any instant', () => {
  it('a run leaves the old mart or the new one, whole, and the next run finishes it', async () => {
    using project = slowProject(1)
    const rowsOf = (version: number): string =>
      `id,b\n${Array.from({ length: 3000 }, (_, row) => `${row},v${version}`).join('\n')}\n`
    project.write('a.csv', rowsOf(0))
    const began = performance.now()
    succeeded(await project.run(['run', '--output', 'json']))
    const whole = performance.now() - began
    let seed = 20261122
    const random = (): number => {
      seed = (seed * 48271) % 2147483647
      return seed / 2147483647
    }
    const shown = async () =>
      (
        (
          await project.run([
            'query',
            'marts/slow.duckdb',
            'select b, count(*) as n, sum(id) as ids from m group by all',
            '--output',
            'json',
          ])
        ).json() as {
          readonly rows: readonly { readonly b: string; readonly n: number; readonly ids: unknown }[]
        }
      ).rows
    const [first] = await shown()
    const { ids } = first!
    for (let version = 1; version <= 12; version += 1) {
      project.write('a.csv', rowsOf(version))
      const child = project.start(['run'])
      const ended = project.ended(child)
      const timer = setTimeout(() => child.kill('SIGKILL'), whole * (0.3 + 0.7 * random()))
      await ended
      clearTimeout(timer)
      if (version % 3 > 0) continue
      const rows = await shown()
      expect(rows).toHaveLength(1)
      expect(rows[0]).toMatchObject({ n: 3000, ids })
    }
    succeeded(await project.run(['run', '--output', 'json']))
    expect(await shown()).toEqual([{ b: 'v12', n: 3000, ids }])
  })
})
