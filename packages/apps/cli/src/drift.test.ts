import { rmSync } from 'node:fs'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { findings, succeeded } from './testing/outcome.ts'
import { TestProject } from './testing/project.ts'

const pipeline = (drift: string) => `pipeline: people
stages:
  raw: { uses: collect/csv, with: { path: people.csv }${drift} }
  known: { uses: enrich/derive, from: raw, with: { columns: { twice: "id * 2" } } }
marts:
  people: { from: known, key: [id] }
`
const before = 'id,name,score\n1,Zoé,10\n2,Ada,20\n'
const run = ['run', '--output', 'json'] as const

async function started(drift: string): Promise<TestProject> {
  const project = new TestProject({ 'pipeline.yaml': pipeline(drift), 'people.csv': before })
  succeeded(await project.run(run))
  return project
}

const query = async (project: TestProject, sql: string) =>
  ((await project.run(['query', 'people', sql, '--output', 'json'])).json() as { readonly rows: unknown })
    .rows

test('evolve allows a change and says it once', async () => {
  using project = await started('')
  project.write('people.csv', 'id,name,score,phone\n1,Zoé,10,+33\n2,Ada,high,\n')
  const said = await project.run(['run'])
  expect(said.exit, said.err).toBe(0)
  expect(said.err).toContain('The source of "raw" changed: "phone" (VARCHAR) is new')
  expect(said.err).toContain('The source of "raw" changed: "score" is VARCHAR instead of BIGINT')
  expect(await query(project, 'select phone, score from people order by id')).toEqual([
    { phone: '+33', score: '10' },
    { phone: null, score: 'high' },
  ])
  expect((await project.run(['run'])).err).not.toContain('The source of')
})

test.each([
  ['a new column', 'id,name,score,phone\n1,Zoé,10,+33\n', '"phone" (VARCHAR) is new'],
  ['a column that is gone', 'id,name\n1,Zoé\n', '"score" is gone'],
  ['a renamed column', 'id,nom,score\n1,Zoé,10\n', '"name" is gone and "nom" is new: was it renamed?'],
  ['another type', 'id,name,score\n1,Zoé,high\n', '"score" is VARCHAR instead of BIGINT'],
])('freeze stops at %s, with its line and what to do, and the marts stay', async (_, file, text) => {
  using project = await started(', on_drift: freeze')
  project.write('people.csv', file)
  // The columns of the last run are kept in state/, not in the cache.
  rmSync(join(project.folder, '.sillage'), { recursive: true })
  const [found] = findings(await project.run(run))
  expect(found).toMatchObject({ code: 'source_drifted', line: 3 })
  expect(found!.message).toContain(text)
  expect(found!.hint).toContain('on_drift: evolve')
  expect(await query(project, 'select count(*) as n from people')).toEqual([{ n: 2 }])
})

test('reject keeps the columns and refuses the rows that carry the change', async () => {
  using project = await started(', on_drift: reject')
  project.write('people.csv', 'id,name,score,phone\n1,Zoé,10,\n2,Ada,high,\n3,Bob,30,+33\n4,Eve,40\n')
  const { steps } = succeeded(await project.run(run))
  expect(steps.find(({ stage }) => stage === 'raw')).toMatchObject({ rows_out: 1, rejected: 3 })
  expect(await query(project, 'select id, name, score from people')).toEqual([
    { id: 1, name: 'Zoé', score: 10 },
  ])
  const shown = await project.run(['rejects', 'people', '--output', 'json'])
  for (const code of ['column_new', 'type_changed', 'missing_columns']) expect(shown.out).toContain(code)
  expect((await project.run(['plan', '--output', 'json'])).out).not.toContain('"action": "run"')
})

test('columns and types may have a policy each; a column that is gone cannot be refused row by row', async () => {
  using project = await started(', on_drift: { columns: reject, types: freeze }')
  project.write('people.csv', 'id,score\n1,high\n')
  const messages = findings(await project.run(run)).map(({ message }) => message)
  expect(messages.some((text) => text.includes('no row to refuse'))).toBe(true)
  expect(messages.some((text) => text.includes('VARCHAR instead of BIGINT'))).toBe(true)
  project.write('pipeline.yaml', pipeline(', on_drift: freez'))
  expect(JSON.stringify(findings(await project.run(run)))).toContain('freeze')
  project.write('pipeline.yaml', pipeline('').replace('from: raw,', 'from: raw, on_drift: freeze,'))
  expect(findings(await project.run(run))[0]!.code).toBe('drift_on_stage')
})

test('a sample neither learns nor forgets columns', async () => {
  using project = await started(', on_drift: freeze')
  project.write('people.csv', 'id,name,score,phone\n1,Zoé,10,+33\n')
  expect((await project.run(['run', '--sample', '1', '--output', 'json'])).exit).toBe(78)
  project.write('people.csv', before)
  succeeded(await project.run(run))
})
