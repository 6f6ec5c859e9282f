import { existsSync, mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { Database } from '@sillage/duckdb'
import { describe, expect, it } from 'vitest'
import { failure, succeeded, until } from './testing/outcome.ts'
import { slowSql, slowWait } from './testing/own-plugin.ts'
import { TestProject } from './testing/project.ts'

const plugins = { 'sillage.yaml': 'plugins: ["./plugins/*.ts"]\n', 'plugins/slow.ts': slowSql }
const csv = (rows: number): string =>
  `id,b\n${Array.from({ length: rows }, (_, id) => `${id},x`).join('\n')}\n`

const pipeline = (rounds: number): string => `pipeline: p
stages:
  first: { uses: collect/csv, with: { path: a.csv } }
  slow: { uses: enrich/slow, from: first, with: { rounds: ${rounds} } }
  second: { uses: collect/csv, with: { path: "b/*.csv", all_text: true } }
  lines: { uses: clean/contract, from: second, with: { columns: { id: { type: integer } } } }
marts: { a: { from: slow }, b: { from: lines } }
`

const journals = (project: TestProject): readonly string[] => {
  const folder = join(project.folder, '.sillage/p/runs')
  return existsSync(folder)
    ? readdirSync(folder)
        .sort()
        .map((file) => readFileSync(join(folder, file), 'utf8'))
    : []
}

async function countOf(project: TestProject, table: string): Promise<unknown> {
  const asked = await project.run([
    'query',
    'marts/p.duckdb',
    `select count(*) as n from ${table}`,
    '--output',
    'json',
  ])
  return (asked.json() as { readonly rows: readonly { readonly n: unknown }[] }).rows[0]!.n
}

describe('a file that goes while a run reads', () => {
  it('is named; the mart stays, and with the file back the next run goes on where it was', async () => {
    using project = new TestProject({
      ...plugins,
      'plugins/slow.ts': slowWait,
      'a.csv': csv(3),
      'b/1.csv': csv(10),
      'b/2.csv': csv(5),
      'pipeline.yaml': pipeline(1),
    })
    succeeded(await project.run(['run', '--output', 'json']))
    project.write('b/2.csv', csv(6))
    project.write('pipeline.yaml', pipeline(3_000_000_000))
    const running = project.start(['run', '--output', 'json'])
    const ended = project.ended(running)
    await until(() => journals(project)[1]?.includes('"step_started","stage":"slow"') ?? false)
    rmSync(join(project.folder, 'b/2.csv'))
    const error = failure(await ended)
    expect(error.code).toBe('file_not_found')
    expect(await countOf(project, 'b')).toBe(15)
    project.write('b/2.csv', csv(6))
    const { steps } = succeeded(await project.run(['run', '--output', 'json']))
    expect(steps.find(({ stage }) => stage === 'slow')!.action).toBe('reuse')
    expect(await countOf(project, 'b')).toBe(16)
  })
})

describe('a clock that went back', () => {
  it('hides no run: the new one is the latest, its mart is shown, and older versions go first', async () => {
    using project = new TestProject({
      ...plugins,
      'sillage.yaml': `${plugins['sillage.yaml']}keep: 2\n`,
      'a.csv': csv(3),
      'b/1.csv': csv(10),
      'pipeline.yaml': pipeline(1),
    })
    const runs = join(project.folder, '.sillage/p/runs')
    mkdirSync(runs, { recursive: true })
    const future = '29990101T000000-0000'
    const at = '2999-01-01T00:00:00.000Z'
    const line = {
      n: 1,
      at,
      event: 'run_started',
      run: future,
      pipeline: 'p',
      pid: 1,
      command: 'x',
      stages: [],
    }
    writeFileSync(join(runs, `${future}.jsonl`), `${JSON.stringify(line)}\n`)
    const ids: string[] = []
    for (const rows of [4, 5, 6]) {
      project.write('b/1.csv', csv(rows))
      const ended = await project.run(['run', '--output', 'json'])
      succeeded(ended)
      ids.push((ended.json() as { readonly run: { readonly id: string } }).run.id)
      expect(await countOf(project, 'b')).toBe(rows)
    }
    expect([future, ...ids]).toEqual([future, ...ids].sort())
    expect(readdirSync(join(project.folder, 'marts/.versions/p')).sort()).toEqual(
      ids.slice(1).map((id) => `${id}.duckdb`),
    )
    const { runs: told } = (await project.run(['status', '--output', 'json'])).json() as {
      readonly runs: readonly { readonly run: string; readonly status: string }[]
    }
    expect(told.map(({ run, status }) => [run, status])).toEqual([
      ...ids.toReversed().map((id) => [id, 'succeeded']),
      [future, 'interrupted'],
    ])
  })

  it('publishes nothing again where nothing changed', async () => {
    using project = new TestProject({
      ...plugins,
      'a.csv': csv(3),
      'b/1.csv': csv(10),
      'pipeline.yaml': pipeline(1),
    })
    succeeded(await project.run(['run', '--output', 'json']))
    {
      await using database = await Database.open({ path: join(project.folder, '.sillage/p/work.duckdb') })
      using session = await database.session()
      await session.run(`update sillage.publications set "at" = timestamp '2999-01-01'`)
    }
    project.write('b/1.csv', csv(11))
    for (const _ of [1, 2, 3]) succeeded(await project.run(['run', '--output', 'json']))
    expect(readdirSync(join(project.folder, 'marts/.versions/p'))).toHaveLength(2)
  })
})

describe('a second signal', () => {
  it('ends the process at once, without an abort, and the next run goes on', async () => {
    using project = new TestProject({
      ...plugins,
      'a.csv': csv(3),
      'b/1.csv': csv(10),
      'pipeline.yaml': pipeline(100_000_000_000),
    })
    const running = project.start(['run', '--output', 'json'])
    let told = ''
    running.stderr!.on('data', (part: Buffer) => {
      told += part.toString()
      // The first signal has been heard; the second must not wait for what it began.
      if (told.includes('stopping')) running.kill('SIGTERM')
    })
    const signal = new Promise((done) => running.on('exit', (exit, name) => done(name ?? exit)))
    await until(() => journals(project).at(-1)?.includes('"step_started","stage":"slow"') ?? false)
    running.kill('SIGTERM')
    // 130 where the run had stopped before the second signal came.
    expect(['SIGINT', 130]).toContain(await signal)
    expect(told).not.toMatch(/abort|terminate called|FATAL/i)
    project.write('pipeline.yaml', pipeline(1))
    succeeded(await project.run(['run', '--output', 'json']))
    expect(journals(project)[0]).toContain('"status":"interrupted"')
  })
})
