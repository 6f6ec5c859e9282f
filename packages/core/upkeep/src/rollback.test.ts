import { chmodSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { duckdbEngine } from '@sillage/duckdb/engine'
import { currentVersion } from '@sillage/ledger'
import { placesOf } from '@sillage/pipeline'
import { afterEach, expect, it } from 'vitest'
import { type RollbackOptions, rollback } from './rollback.ts'
import { PeopleProject } from './testing/people.ts'

const open: PeopleProject[] = []
afterEach(() => {
  for (const project of open.splice(0)) project[Symbol.dispose]()
})

const pipeline = `pipeline: small
stages:
  raw: { uses: collect/people, with: { path: "in/*.csv" } }
marts: { people: { from: raw } }
`

/** A project that published two versions. */
async function published(): Promise<{ readonly one: PeopleProject; readonly runs: readonly string[] }> {
  const one = new PeopleProject({ 'pipeline.yaml': pipeline })
  open.push(one)
  const first = await one.run()
  one.write('in/b.csv', 'id,mail,town\n1,a,b\n')
  const second = await one.run()
  return { one, runs: [first.run.id, second.run.id] }
}

const back = (one: PeopleProject, more: Partial<RollbackOptions> = {}) =>
  rollback({
    stores: duckdbEngine,
    places: placesOf(one.folder),
    pipeline: 'small',
    choose: (versions) => versions[0]!,
    command: 'sillage rollback',
    now: () => new Date(Date.UTC(2026, 0, 2)),
    ...more,
  })

const shown = (one: PeopleProject) => currentVersion(join(one.folder, 'marts'), 'small')
const fileOf = (one: PeopleProject, run: string) => join(one.folder, 'marts/.versions/small', `${run}.duckdb`)
const journals = (one: PeopleProject) => readdirSync(join(one.folder, '.sillage/small/runs')).sort()

it('readers see the older version, and runs leave it so until the pipeline changes', async () => {
  const { one, runs } = await published()
  const asked: string[][] = []
  const told = await back(one, {
    choose: (versions) => {
      asked.push(versions.map(({ run }) => run))
      return versions[0]!
    },
  })
  expect(asked).toEqual([[...runs]])
  const mart = join(one.folder, 'marts/small.duckdb')
  expect(told).toEqual({ pipeline: 'small', from: runs[1], to: runs[0], mart, changed: true, holds: true })
  expect(shown(one)).toBe(fileOf(one, runs[0]!))
  const lines = readFileSync(join(one.folder, '.sillage/small/runs', journals(one).at(-1)!), 'utf8')
    .trim()
    .split('\n')
    .map((line) => JSON.parse(line) as Readonly<Record<string, unknown>>)
  expect(lines.map(({ event }) => event)).toEqual(['run_started', 'rolled_back', 'run_finished'])
  expect(lines[0]).toMatchObject({ command: 'sillage rollback', pipeline: 'small', stages: [] })
  expect(lines[1]).toMatchObject({ mart, from: runs[1], to: runs[0] })
  await one.run()
  expect(shown(one)).toBe(fileOf(one, runs[0]!))
  one.write('in/c.csv', 'id,mail,town\n2,a,b\n')
  const next = await one.run()
  expect(shown(one)).toBe(fileOf(one, next.run.id))
})

it('a version that readers see already is left alone', async () => {
  const { one, runs } = await published()
  const before = journals(one)
  expect(await back(one, { choose: (versions) => versions.at(-1)! })).toMatchObject({
    from: runs[1],
    to: runs[1],
    changed: false,
    holds: true,
  })
  expect(journals(one)).toEqual(before)
})

it('a link that was deleted is made again', async () => {
  const { one, runs } = await published()
  rmSync(join(one.folder, 'marts/small.duckdb'))
  expect(await back(one, { choose: (versions) => versions.at(-1)! })).toMatchObject({
    from: null,
    to: runs[1],
    changed: true,
  })
  expect(shown(one)).toBe(fileOf(one, runs[1]!))
})

it('without a working database the newest version says what was published last', async () => {
  const { one, runs } = await published()
  rmSync(join(one.folder, '.sillage'), { recursive: true })
  expect(await back(one)).toMatchObject({ from: runs[1], to: runs[0], changed: true, holds: true })
  await one.run()
  expect(shown(one)).toBe(fileOf(one, runs[0]!))
})

it('a damaged version is shown to nobody, and no rollback goes on beside a run', async () => {
  const { one, runs } = await published()
  chmodSync(fileOf(one, runs[0]!), 0o644)
  writeFileSync(fileOf(one, runs[0]!), 'no database')
  await expect(back(one)).rejects.toMatchObject({ code: 'version_unreadable' })
  expect(shown(one)).toBe(fileOf(one, runs[1]!))
  await using _ = await duckdbEngine.openDatabase({ path: join(one.folder, '.sillage/small/work.duckdb') })
  await expect(back(one)).rejects.toMatchObject({ code: 'busy', exit: 75 })
})
