import { type ChildProcess, spawn } from 'node:child_process'
import { chmodSync, readdirSync, rmSync, statSync, truncateSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { createInterface } from 'node:readline'
import { describe, expect, it } from 'vitest'
import { ask, history, martPipeline, shownVersion } from './testing/history.ts'
import { succeeded } from './testing/outcome.ts'
import { TestProject } from './testing/project.ts'

const pipeline = martPipeline('z: "1"', ['id'])

async function ran(count: number, text = pipeline) {
  const project = new TestProject({ 'pipeline.yaml': text })
  const runs: string[] = []
  for (let index = 1; index <= count; index += 1) {
    project.write('people.csv', `id,name,spent\n${index},n,1\n`)
    runs.push(await history(project))
  }
  return { project, runs }
}

function ids(project: TestProject): Promise<readonly unknown[]> {
  return ask(project, 'select id from people')
}

async function command(project: TestProject, ...args: readonly string[]) {
  const ended = await project.run([...args, '--output', 'json'])
  return { exit: ended.exit, ...(ended.json() as object) }
}

/** Answers each line of SQL with its rows, on a mart that it opens at its start and holds. */
const analyst = `
import { createInterface } from 'node:readline'
import { DuckDBInstance } from '@duckdb/node-api'
const [path, mode] = process.argv.slice(1)
const instance = await DuckDBInstance.create(path, { access_mode: mode })
const connection = await instance.connect()
console.log('open')
for await (const line of createInterface({ input: process.stdin })) {
  const rows = (await connection.runAndReadAll(line)).getRowsJson()
  console.log(JSON.stringify(rows))
}
`

/** Another process that has a mart open. */
class Analyst implements Disposable {
  readonly #child: ChildProcess
  readonly #lines: AsyncIterator<string>

  private constructor(child: ChildProcess) {
    this.#child = child
    this.#lines = createInterface({ input: child.stdout! })[Symbol.asyncIterator]()
  }

  static async open(project: TestProject, mode: 'READ_ONLY' | 'READ_WRITE'): Promise<Analyst> {
    const child = spawn(
      process.execPath,
      ['--input-type=module', '-e', analyst, join(project.folder, 'marts/p.duckdb'), mode],
      { cwd: import.meta.dirname },
    )
    const opened = new Analyst(child)
    expect((await opened.#lines.next()).value).toBe('open')
    return opened
  }

  async ask(text: string): Promise<unknown> {
    this.#child.stdin!.write(`${text}\n`)
    return JSON.parse((await this.#lines.next()).value as string)
  }

  [Symbol.dispose](): void {
    this.#child.kill('SIGKILL')
  }
}

describe('a mart that an analyst has open', () => {
  it('does not stop run, rollback or gc, and shows the analyst what it showed, even when its version is removed', async () => {
    const { project, runs } = await ran(2, pipeline.replace('stages:', 'keep: 2\nstages:'))
    using _ = project
    using reader = await Analyst.open(project, 'READ_ONLY')
    project.write('people.csv', 'id,name,spent\n3,n,1\n')
    const third = await history(project)
    expect(await ids(project)).toEqual([{ id: 3 }])
    expect(await command(project, 'rollback', 'p')).toMatchObject({ exit: 0, rollback: { to: runs[1] } })
    expect(await command(project, 'rollback', 'p', third)).toMatchObject({ exit: 0 })
    expect(await command(project, 'gc', '--keep', '1')).toMatchObject({ exit: 0 })
    expect(readdirSync(join(project.folder, 'marts/.versions/p'))).toEqual([`${third}.duckdb`])
    expect(await reader.ask('select id from people')).toEqual([['2']])
  })

  // Only who may write a read-only file can: the superuser of a machine.
  it.runIf(process.getuid?.() === 0)(
    'for writing breaks nothing either, and who wants to read that version is told by whom it is held',
    async () => {
      const { project, runs } = await ran(2)
      using _ = project
      {
        using writer = await Analyst.open(project, 'READ_WRITE')
        await writer.ask("insert into people values (99, 'mine', 0, 1)")
        for (const args of [
          ['query', 'p', 'from people'],
          ['diff', 'p'],
          ['run', '--dry-run'],
        ]) {
          const told = await project.run([...args, '--output', 'json'])
          expect(told.exit, args.join(' ')).toBe(1)
          expect(told.out, args.join(' ')).toContain('"version_held"')
          expect(told.out).toMatch(/pid \d+/)
        }
        expect(await command(project, 'rollback', 'p', '--list')).toMatchObject({
          exit: 0,
          versions: [
            { run: runs[0], as_of: null },
            { run: runs[1], published_at: null },
          ],
        })
        expect(await command(project, 'rollback', 'p')).toMatchObject({ exit: 0 })
        expect(await command(project, 'rollback', 'p', runs[1]!)).toMatchObject({ exit: 0 })
        project.write('people.csv', 'id,name,spent\n3,n,1\n')
        await history(project)
        expect(await command(project, 'gc', '--keep', '1')).toMatchObject({ exit: 0 })
      }
      expect(await ids(project)).toEqual([{ id: 3 }])
    },
  )
})

describe('a mart that was deleted by hand', () => {
  it.each([
    ['its link', () => 'marts/p.duckdb'],
    ['its version', (project: TestProject) => `marts/.versions/p/${shownVersion(project)}.duckdb`],
    ['the whole folder', () => 'marts'],
  ])('%s: the next run publishes again and computes nothing', async (_, path) => {
    const { project } = await ran(1)
    using __ = project
    rmSync(join(project.folder, path(project)), { recursive: true })
    expect(await command(project, 'query', 'p', 'from people')).toMatchObject({
      exit: 1,
      error: { code: 'mart_missing', hint: 'sillage run p' },
    })
    const { steps } = succeeded(await project.run(['run', '--output', 'json']))
    expect(steps.map(({ action }) => action)).toEqual(['reuse', 'reuse'])
    expect(await ids(project)).toEqual([{ id: 1 }])
  })

  it('comes back by rollback where its versions are there', async () => {
    const { project, runs } = await ran(2)
    using _ = project
    rmSync(join(project.folder, 'marts/p.duckdb'))
    expect(await command(project, 'diff', 'p', runs[0]!)).toMatchObject({
      exit: 1,
      error: { code: 'mart_deleted' },
    })
    expect(await command(project, 'rollback', 'p')).toMatchObject({
      exit: 0,
      rollback: { from: null, to: runs[1] },
    })
    expect(await ids(project)).toEqual([{ id: 2 }])
  })
})

describe('a damaged version', () => {
  it('is told as such, and a later run goes on', async () => {
    const { project, runs } = await ran(2)
    using _ = project
    for (const run of runs)
      writeFileSync(join(project.folder, `marts/.versions/p/${run}.duckdb`), 'no database')
    for (const args of [
      ['query', 'p', 'from people'],
      ['diff', 'p'],
    ])
      expect(await command(project, ...args)).toMatchObject({
        exit: 1,
        error: { code: 'version_unreadable' },
      })
    project.write('people.csv', 'id,name,spent\n3,n,1\n')
    await history(project)
    expect(await ids(project)).toEqual([{ id: 3 }])
  })
})

it.each(['cut short', 'overwritten'])(
  'a published version that was %s is published anew by the next run',
  async (how) => {
    const { project, runs } = await ran(2)
    using _ = project
    const file = join(project.folder, 'marts/.versions/p', `${runs[1]}.duckdb`)
    chmodSync(file, 0o600)
    if (how === 'cut short') truncateSync(file, 1000)
    else writeFileSync(file, Buffer.alloc(statSync(file).size, 'x'))
    const { exit, err } = await project.run(['query', 'p', 'from people'])
    expect([exit, err]).toEqual([1, expect.stringContaining('publish again with `sillage run`')])
    succeeded(await project.run(['run', '--output', 'json']))
    expect(await ids(project)).toEqual([{ id: 2 }])
  },
)
