import { copyFileSync, existsSync, readdirSync, symlinkSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { ask, history, martPipeline, shownVersion } from './testing/history.ts'
import { succeeded } from './testing/outcome.ts'
import { TestProject } from './testing/project.ts'

const pipeline = martPipeline('z: "1"', ['id'])

interface Gc {
  readonly gc: readonly {
    readonly items: readonly { readonly kind: string; readonly path: string; readonly bytes: number }[]
    readonly compacted: { readonly before: number; readonly after: number } | null
    readonly freed_bytes: number
  }[]
  readonly stale: readonly { readonly pipeline: string; readonly removed: boolean }[]
}

async function gc(project: TestProject, ...args: readonly string[]): Promise<Gc> {
  const ended = await project.run(['gc', ...args, '--output', 'json'])
  expect(ended.exit, ended.out + ended.err).toBe(0)
  return ended.json() as Gc
}

function kept(project: TestProject): readonly string[] {
  return readdirSync(join(project.folder, 'marts/.versions/p')).sort()
}

async function ran(count: number): Promise<{ readonly project: TestProject; readonly runs: string[] }> {
  const project = new TestProject({ 'pipeline.yaml': pipeline })
  const runs: string[] = []
  for (let index = 1; index <= count; index += 1) {
    project.write('people.csv', `id,name,spent\n${index},n,1\n`)
    runs.push(await history(project))
  }
  return { project, runs }
}

describe('gc', () => {
  it('removes versions beyond keep and what ended runs left, and says first what it would do', async () => {
    const { project, runs } = await ran(3)
    using _ = project
    const left = (name: string): string => join(project.folder, name)
    symlinkSync('nowhere', left('marts/p.duckdb.next-1'))
    project.write('.sillage/tmp/p/spill', 'x'.repeat(100))
    project.write('.sillage/p/sample.duckdb', 'x'.repeat(50))
    project.write('.sillage/p/scratch/a.csv', 'a')
    project.write('state/receipts/1.jsonl', '{}')
    const would = await gc(project, 'p', '--keep', '1', '--journals', '2', '--dry-run')
    expect(would.gc[0]!.items.map(({ kind }) => kind).sort()).toEqual(
      ['version', 'version', 'link', 'temporary', 'cache', 'cache', 'journal'].sort(),
    )
    expect(kept(project)).toHaveLength(3)
    const done = await gc(project, 'p', '--keep', '1', '--journals', '2')
    expect(done.gc[0]!.items).toEqual(would.gc[0]!.items)
    const { items, compacted, freed_bytes } = done.gc[0]!
    const shrunk = compacted === null ? 0 : compacted.before - compacted.after
    expect(freed_bytes).toBe(items.reduce((sum, { bytes }) => sum + bytes, shrunk))
    expect(kept(project)).toEqual([`${runs[2]}.duckdb`])
    for (const name of [
      'marts/p.duckdb.next-1',
      '.sillage/tmp/p',
      '.sillage/p/sample.duckdb',
      '.sillage/p/scratch',
    ])
      expect(existsSync(left(name)), name).toBe(false)
    expect(readdirSync(left('.sillage/p/runs'))).toHaveLength(2)
    expect(existsSync(left('state/receipts/1.jsonl'))).toBe(true)
    expect(await ask(project, 'select id from people')).toEqual([{ id: 3 }])
    expect((await gc(project, 'p', '--keep', '1')).gc[0]!.items).toEqual([])
  })

  it('never removes the version that readers see, however old', async () => {
    const { project, runs } = await ran(3)
    using _ = project
    await project.run(['rollback', 'p', runs[0]!])
    await gc(project, '--keep', '1')
    expect(kept(project)).toEqual([`${runs[0]}.duckdb`, `${runs[2]}.duckdb`])
    expect(shownVersion(project)).toBe(runs[0])
    expect(succeeded(await project.run(['run', '--output', 'json']))).toMatchObject({
      rolled_back_to: runs[0],
    })
  })

  it('tells a version that was never published by the journal of its run, and only then', async () => {
    const { project, runs } = await ran(2)
    using _ = project
    const versions = join(project.folder, 'marts/.versions/p')
    const orphan = '20990101T000000-0000'
    const unknown = '20990101T000000-0001'
    for (const run of [orphan, unknown])
      copyFileSync(join(versions, `${runs[0]}.duckdb`), join(versions, `${run}.duckdb`))
    project.write(
      `.sillage/p/runs/${orphan}.jsonl`,
      `{"n":1,"at":"2099-01-01T00:00:00.000Z","event":"run_started","run":"${orphan}","pipeline":"p","pid":1,"command":"sillage run","stages":[]}\n`,
    )
    const refused = await project.run(['rollback', 'p', orphan, '--output', 'json'])
    expect(refused.json()).toMatchObject({ error: { code: 'version_unknown' } })
    const { gc: done } = await gc(project)
    expect(done[0]!.items.map(({ kind }) => kind)).toEqual(['orphan'])
    expect(kept(project)).toEqual([...runs, unknown].map((run) => `${run}.duckdb`))
  })

  it('does not let versions that were never published push out the published ones', async () => {
    const { project, runs } = await ran(3)
    using _ = project
    const killed = '20990101T000000-0000'
    const versions = join(project.folder, 'marts/.versions/p')
    copyFileSync(join(versions, `${runs[0]}.duckdb`), join(versions, `${killed}.duckdb`))
    project.write(
      `.sillage/p/runs/${killed}.jsonl`,
      `{"n":1,"at":"2099-01-01T00:00:00.000Z","event":"run_started","run":"${killed}","pipeline":"p","pid":1,"command":"sillage run","stages":[]}\n`,
    )
    project.write('people.csv', 'id,name,spent\n9,n,1\n')
    const next = await history(project)
    expect(kept(project)).toEqual([runs[1], runs[2], next].map((run) => `${run}.duckdb`))
  })

  it('compacts a working database that holds mostly empty blocks, and nothing is lost', async () => {
    using project = new TestProject({
      'pipeline.yaml': martPipeline('big: "repeat(md5(cast(id as varchar)), 20)"', ['id']),
      'people.csv': `id,name,spent\n${Array.from({ length: 20_000 }, (_, index) => `${index},n,1\n`).join('')}`,
    })
    await history(project)
    project.write('people.csv', 'id,name,spent\n1,n,1\n2,n,\n')
    await history(project)
    await history(project)
    const would = await gc(project, '--dry-run')
    const { gc: done } = await gc(project)
    expect(done[0]!.compacted!.before).toBe(would.gc[0]!.compacted!.before)
    expect(done[0]!.compacted!.after).toBeLessThan(done[0]!.compacted!.before / 2)
    const { steps } = succeeded(await project.run(['run', '--output', 'json']))
    expect(steps.map(({ action }) => action)).toEqual(['reuse', 'reuse'])
    const shown = await project.run(['show', 'derived', '--output', 'json'])
    expect((shown.json() as { readonly rows: readonly unknown[] }).rows).toHaveLength(2)
    expect((await gc(project)).gc[0]!.compacted).toBeNull()
  })

  it('keeps all where the pipeline cannot be read, since nobody knows how many versions it wants', async () => {
    const { project } = await ran(2)
    using _ = project
    project.write('pipeline.yaml', 'pipeline: p\nkeep: two\nstages: 7\n')
    const ended = await project.run(['gc', '--output', 'json'])
    expect(ended.exit).toBe(78)
    expect(ended.json()).toMatchObject({ gc: [], skipped: [{ code: 'invalid' }] })
    expect(kept(project)).toHaveLength(2)
  })
})

describe('a pipeline that was renamed', () => {
  it('works as a new one; status and gc tell of the old one, whose marts stay', async () => {
    const { project, runs } = await ran(1)
    using _ = project
    project.write('pipeline.yaml', pipeline.replace('pipeline: p\n', 'pipeline: q\n'))
    await history(project, 'q')
    expect(await ask(project, 'select id from people', 'q')).toEqual([{ id: 1 }])
    expect((await project.run(['status', '--output', 'json'])).json()).toMatchObject({ stale: ['p'] })
    const status = await project.run(['status'])
    expect(status.err).toContain('"p" ran here')
    expect(status.err).toContain('sillage gc --stale')
    expect((await gc(project)).stale).toMatchObject([{ pipeline: 'p', removed: false }])
    expect(existsSync(join(project.folder, '.sillage/p'))).toBe(true)
    expect((await gc(project, '--stale', '--dry-run')).stale).toMatchObject([{ removed: false }])
    expect((await gc(project, '--stale')).stale).toMatchObject([{ pipeline: 'p', removed: true }])
    expect(existsSync(join(project.folder, '.sillage/p'))).toBe(false)
    expect(await ask(project, 'select id from people', 'marts/p.duckdb')).toEqual([{ id: 1 }])
    expect(kept(project)).toEqual([`${runs[0]}.duckdb`])
    expect((await project.run(['status', '--output', 'json'])).json()).toMatchObject({ stale: [] })
  })
})
