import { readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { ask, history, shownVersion, tiersPipeline } from './testing/history.ts'
import { succeeded, until } from './testing/outcome.ts'
import { slowWait } from './testing/own-plugin.ts'
import { TestProject } from './testing/project.ts'

const people = (rows: number): string =>
  `id,name,spent\n${Array.from({ length: rows }, (_, index) => `${index + 1},n,${index * 40}\n`).join('')}`

/** A project with so many versions: version n has n rows. */
async function versions(count: number, more = '') {
  const project = new TestProject({ 'pipeline.yaml': tiersPipeline(more) })
  const runs: string[] = []
  for (let rows = 1; rows <= count; rows += 1) {
    project.write('people.csv', people(rows))
    runs.push(await history(project))
  }
  return { project, runs }
}

async function rows(project: TestProject): Promise<number> {
  const [row] = (await ask(project, 'select count(*) as n from people')) as readonly { readonly n: number }[]
  return row!.n
}

async function command(project: TestProject, ...args: readonly string[]) {
  const ended = await project.run([...args, '--output', 'json'])
  return { exit: ended.exit, ...(ended.json() as Readonly<Record<string, never>>) }
}

describe('rollback', () => {
  it('shows the version before, holds while nothing changes, and ends when something does', async () => {
    const { project, runs } = await versions(2)
    using _ = project
    expect(await command(project, 'rollback', 'p')).toMatchObject({
      exit: 0,
      rollback: { from: runs[1], to: runs[0], changed: true, holds: true },
    })
    expect(await rows(project)).toBe(1)
    const held = succeeded(await project.run(['run', '--output', 'json']))
    expect(held).toMatchObject({ rolled_back_to: runs[0] })
    expect((await project.run(['run'])).err).toContain(`readers see ${runs[0]}`)
    expect(shownVersion(project)).toBe(runs[0])
    project.write('people.csv', people(5))
    const third = await history(project)
    expect(third > runs[1]!).toBe(true)
    expect(await rows(project)).toBe(5)
    expect(succeeded(await project.run(['run', '--output', 'json']))).not.toHaveProperty('rolled_back_to')
  })

  it('goes to any kept version and forward again, and is recorded', async () => {
    const { project, runs } = await versions(3)
    using _ = project
    expect(await command(project, 'rollback', 'p', runs[0]!)).toMatchObject({ rollback: { to: runs[0] } })
    expect(await rows(project)).toBe(1)
    expect(await command(project, 'rollback', 'p', runs[2]!)).toMatchObject({ rollback: { to: runs[2] } })
    expect(await rows(project)).toBe(3)
    expect(succeeded(await project.run(['run', '--output', 'json']))).not.toHaveProperty('rolled_back_to')
    expect(shownVersion(project)).toBe(runs[2])
    const told = project
      .files('.sillage/p/runs')
      .flatMap((text) => text.split('\n'))
      .filter((line) => line.includes('"rolled_back"'))
      .map((line) => JSON.parse(line) as { readonly from: string; readonly to: string })
    expect(told.map(({ from, to }) => [from, to])).toEqual([
      [runs[2], runs[0]],
      [runs[0], runs[2]],
    ])
    expect((await project.run(['status'])).out).toContain(`rolled back to ${runs[0]}`)
  })

  it('only says what it would do with --dry-run, and lists the versions', async () => {
    const { project, runs } = await versions(2, 'as_of: 2026-01-31\n')
    using _ = project
    expect(await command(project, 'rollback', 'p', '--dry-run')).toMatchObject({
      rollback: { from: runs[1], to: runs[0], dry_run: true },
    })
    expect(shownVersion(project)).toBe(runs[1])
    expect(await command(project, 'rollback', 'p', '--list')).toMatchObject({
      versions: [
        { run: runs[0], as_of: '2026-01-31', current: false },
        { run: runs[1], as_of: '2026-01-31', current: true },
      ],
    })
    expect((await project.run(['rollback', 'p', '--list'])).out).toContain('current')
  })

  it('works where the working database was deleted, and holds all the same', async () => {
    const { project, runs } = await versions(2)
    using _ = project
    rmSync(join(project.folder, '.sillage'), { recursive: true })
    expect(await command(project, 'rollback', 'p')).toMatchObject({ rollback: { to: runs[0], holds: true } })
    expect(succeeded(await project.run(['run', '--output', 'json']))).toMatchObject({
      rolled_back_to: runs[0],
    })
    expect(await rows(project)).toBe(1)
  })

  it('works where the pipeline has errors', async () => {
    const { project, runs } = await versions(2)
    using _ = project
    project.write('pipeline.yaml', 'pipeline: p\nstages: 7\n')
    expect(await command(project, 'rollback', 'p')).toMatchObject({ exit: 0, rollback: { to: runs[0] } })
  })

  it('says what to type where there is no version to show', async () => {
    const { project, runs } = await versions(1)
    using _ = project
    expect(await command(project, 'rollback', 'p')).toMatchObject({
      exit: 1,
      error: { code: 'version_before_missing' },
    })
    expect(await command(project, 'rollback', 'p', 'x')).toMatchObject({
      exit: 2,
      error: { code: 'version_unknown', hint: `known: ${runs[0]}` },
    })
    expect(await command(project, 'rollback', 'p', runs[0]!)).toMatchObject({
      exit: 0,
      rollback: { changed: false },
    })
  })

  it('never shows a damaged version', async () => {
    const { project, runs } = await versions(2)
    using _ = project
    writeFileSync(join(project.folder, `marts/.versions/p/${runs[0]}.duckdb`), 'no database')
    expect(await command(project, 'rollback', 'p')).toMatchObject({
      exit: 1,
      error: { code: 'version_unreadable' },
    })
    expect(shownVersion(project)).toBe(runs[1])
  })

  it('waits for nobody: a run that goes on is told, and nothing changes', async () => {
    const { project, runs } = await versions(2)
    using _ = project
    project.write('sillage.yaml', 'plugins: ["./plugins/*.ts"]\n')
    project.write('plugins/slow.ts', slowWait)
    project.write(
      'pipeline.yaml',
      'pipeline: p\nstages:\n  raw: { uses: collect/csv, with: { path: people.csv } }\n  slow: { uses: enrich/slow, from: raw, with: { rounds: 100000000000 } }\nmarts: { people: { from: slow } }\n',
    )
    const child = project.start(['run', '--output', 'json'])
    const ended = project.ended(child)
    const journals = join(project.folder, '.sillage/p/runs')
    await until(() =>
      readdirSync(journals).some((file) => readFileSync(join(journals, file), 'utf8').includes('"slow"')),
    )
    expect(await command(project, 'rollback', 'p')).toMatchObject({ exit: 75, error: { code: 'busy' } })
    child.kill('SIGKILL')
    await ended
    expect(shownVersion(project)).toBe(runs[1])
    expect(await command(project, 'rollback', 'p')).toMatchObject({ exit: 0, rollback: { to: runs[0] } })
  })
})
