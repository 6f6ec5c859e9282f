import { existsSync, readdirSync, rmSync } from 'node:fs'
import { join } from 'node:path'
import { afterEach, describe, expect, it } from 'vitest'
import { columnRoles } from './column-roles.ts'
import { namedColumns, peoplePlugin, ruledSegment } from './testing/people-plugins.ts'
import { SmallProject } from './testing/small-project.ts'

const pipeline = (more = '') => `pipeline: small
description: Who they are.
keep: 9
as_of: 2026-01-31
stages:
  raw: { uses: collect/people, with: { path: "in/*.csv" } }
  named: { uses: clean/named, from: raw, with: { columns: { id: { from: who }, town: { from: place, personal: true } } } }
  kind: { uses: segment/ruled, from: named, with: { into: kind, rules: [{ name: south, when: "town = 'Nice'" }], otherwise: north }, expect: [{ row_count: { min: 1 }, severity: warn }] }
marts:
  people: { from: kind, key: [id], description: One row a person., columns: { id: { description: Their number. } } }
${more}`
const open: SmallProject[] = []
afterEach(() => {
  for (const one of open.splice(0)) one[Symbol.dispose]()
})
function project(text = pipeline()): SmallProject {
  const one = new SmallProject([peoplePlugin, namedColumns, ruledSegment], {
    'pipeline.yaml': text,
    'in/a.csv': 'who,place\n1,Nice\n2,Lille\n,Metz\n',
  })
  open.push(one)
  return one
}
const mart = 'marts/small.duckdb'
const versions = (one: SmallProject) => readdirSync(join(one.folder, 'marts/.versions/small')).length

describe('a mart', () => {
  it('says where its figures come from', async () => {
    const one = project()
    const { run } = await one.run()
    expect(await one.rows('select run, pipeline, description, as_of from sillage.runs', mart)).toEqual([
      { run: run.id, pipeline: 'small', description: 'Who they are.', as_of: '2026-01-31' },
    ])
    expect(
      await one.rows(
        'select stage, action, rows_in, rows_out, rejected from sillage.steps order by stage',
        mart,
      ),
    ).toEqual([
      { stage: 'kind', action: 'run', rows_in: 2, rows_out: 2, rejected: 0 },
      { stage: 'named', action: 'run', rows_in: 3, rows_out: 2, rejected: 1 },
      { stage: 'raw', action: 'run', rows_in: null, rows_out: 3, rejected: 0 },
    ])
    expect(
      await one.rows('select stage, "check", status, severity, found from sillage.checks order by 2', mart),
    ).toMatchObject([
      { stage: 'kind', check: 'key of people is not null', status: 'pass', found: 0 },
      { stage: 'kind', check: 'key of people is unique', status: 'pass', found: 0 },
      { stage: 'kind', check: 'row_count(1–∞)', status: 'pass', severity: 'warn', found: 2 },
    ])
    expect(await one.rows('select stage, code, column_name, rows from sillage.rejects', mart)).toEqual([
      { stage: 'named', code: 'missing', column_name: 'id', rows: 1 },
    ])
    expect(
      await one.rows(
        'select table_name as t, column_name as c, comment, personal, "key", role from sillage.columns',
        mart,
      ),
    ).toEqual([
      { t: 'people', c: 'id', comment: 'Their number.', personal: false, key: true, role: null },
      { t: 'people', c: 'town', comment: null, personal: false, key: false, role: null },
      { t: 'people', c: 'kind', comment: null, personal: false, key: false, role: 'segment' },
    ])
    expect(await one.rows(`select comment from duckdb_tables() where table_name = 'people'`, mart)).toEqual([
      { comment: expect.stringContaining('One row a person.') },
    ])
  })

  it('is published anew where what it tells changed, or its version is gone', async () => {
    const one = project()
    await one.run()
    await one.run()
    expect(versions(one)).toBe(1)
    one.write('pipeline.yaml', pipeline().replace('Who they are.', 'Others.'))
    await one.run()
    one.write('pipeline.yaml', pipeline().replace('Their number.', 'A number.'))
    await one.run()
    one.write('in/a.csv', 'who,place\n1,Nice\n2,Lille\n,Metz\n,Brest\n')
    await one.run()
    expect(versions(one)).toBe(4)
    rmSync(join(one.folder, mart))
    await one.run()
    expect([existsSync(join(one.folder, mart)), versions(one)]).toEqual([true, 5])
    for (const name of readdirSync(join(one.folder, 'marts/.versions/small')))
      rmSync(join(one.folder, 'marts/.versions/small', name))
    await one.run()
    expect([existsSync(join(one.folder, mart)), versions(one)]).toEqual([true, 1])
  })

  it('that shows the same rows is no new version though all was made anew; another is', async () => {
    const one = project()
    await one.run()
    await one.run({ fullRefresh: true })
    expect(versions(one)).toBe(1)
    await one.run({ select: ['kind'] })
    expect(versions(one)).toBe(1)
  })

  it('is none where the pipeline shows none', async () => {
    const one = project(pipeline().split('marts:')[0]!)
    expect((await one.run()).run.mart).toBeNull()
    expect(existsSync(join(one.folder, 'marts'))).toBe(false)
  })

  it('keeps what was read of a source for the next plan, and tells when its columns changed', async () => {
    const one = project()
    await one.run()
    expect(existsSync(join(one.folder, '.sillage/small/sources.json'))).toBe(true)
    const state = () => readdirSync(join(one.folder, 'state/columns/small')).length
    await one.run()
    expect(state()).toBe(1)
    one.write('in/a.csv', 'who,place,more\n1,Nice,x\n')
    await one.run()
    expect(state()).toBe(2)
  })
})

it('roles are of what a segment or a score makes, carried on by name', () => {
  const step = (
    stage: string,
    kind: string,
    names: readonly string[],
    reads: readonly string[] = [],
    config: object = {},
  ) =>
    ({
      stage,
      kind,
      config,
      inputs: { input: reads },
      columns: names.map((name) => ({ name, type: name.startsWith('n') ? 'INTEGER' : 'VARCHAR' })),
    }) as never
  const roles = columnRoles([
    step('raw', 'collect', ['id']),
    step('scored', 'score', ['id', 'n1'], ['raw']),
    step('into', 'segment', ['id', 'n1', 'kind', 'why'], ['scored'], { into: 'kind' }),
    step('texts', 'segment', ['id', 'n1', 'n2', 'label'], ['scored']),
    step('again', 'segment', ['id', 'n1'], ['scored'], { into: 'id' }),
    step('kept', 'enrich', ['kind', 'more'], ['into.rest']),
    step('said', 'predict', ['kind', 'n9'], ['kept']),
  ])
  expect(Object.fromEntries([...roles].map(([stage, own]) => [stage, Object.fromEntries(own)]))).toEqual({
    raw: {},
    scored: { n1: 'score' },
    into: { n1: 'score', kind: 'segment' },
    texts: { n1: 'score', label: 'segment' },
    again: { n1: 'score', id: 'segment' },
    kept: { kind: 'segment' },
    said: { kind: 'segment', n9: 'score' },
  })
})
