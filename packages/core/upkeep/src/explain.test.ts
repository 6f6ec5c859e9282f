import { join } from 'node:path'
import { duckdbEngine } from '@sillage/duckdb/engine'
import { defineSql, sql, t } from '@sillage/sdk'
import { afterEach, describe, expect, it } from 'vitest'
import { explain } from './explain.ts'
import { PeopleProject, peoplePipeline } from './testing/people.ts'

const open: PeopleProject[] = []
afterEach(() => {
  for (const project of open.splice(0)) project[Symbol.dispose]()
})

/** Leaves out who lives inland, and reads the day. */
const southern = defineSql({
  name: 'enrich/southern',
  summary: 'Who lives in the south.',
  config: t.object({}),
  rows: 'filter',
  incremental: 'by_row',
  examples: [],
  sql: ({ input, asOfSql }) => sql`select *, ${asOfSql} as day from ${input} where coast = 'south'`,
})

const text = `${peoplePipeline()
  .replace('  list:', '  southern: { uses: enrich/southern, from: grouped, with: {} }\n  list:')
  .replace('pipeline: small', 'pipeline: small\nas_of: 2026-01-01')}`

async function ran(files: Readonly<Record<string, string>> = {}): Promise<PeopleProject> {
  const one = new PeopleProject({ 'pipeline.yaml': text, ...files })
  one.use(southern)
  open.push(one)
  expect((await one.run()).exit).toBe(0)
  return one
}

async function explained(
  one: PeopleProject,
  value: string,
  more: { readonly asOf?: string; readonly limit?: number } = {},
) {
  const paths = { database: join(one.folder, '.sillage/small/work.duckdb') }
  await using kept = (await duckdbEngine.openKept({ paths, readOnly: true }))!
  return await explain({
    kept,
    pipeline: await one.pipeline(),
    keys: [{ column: 'person_id', value }],
    limit: 10,
    ...more,
  })
}

describe('a person', () => {
  it('is shown at each stage that has the key, with the rules that decided', async () => {
    const told = await explained(await ran(), '13047')
    expect(told).toMatchObject({
      pipeline: 'small',
      as_of: '2026-01-01',
      key: { person_id: '13047' },
      not_traceable: [
        { stage: 'list', why: 'it is a delivery: see its receipts' },
        { stage: 'sheet', why: 'it is a delivery: see its receipts' },
        { stage: 'crm', why: 'it is a delivery: see its receipts' },
      ],
    })
    const row = { person_id: '13047', email: 'bob@mail.example', city: 'Lyon' }
    expect(told.stages).toEqual([
      {
        stage: 'raw',
        plugin: 'collect/people',
        key: ['id'],
        rows: 1,
        shown: [{ id: '13047', mail: 'bob@mail.example', town: 'Lyon' }],
        refused: [],
        rules: [],
      },
      {
        stage: 'named',
        plugin: 'clean/named',
        key: ['person_id'],
        rows: 1,
        shown: [row],
        refused: [],
        rules: [],
      },
      {
        stage: 'grouped',
        plugin: 'segment/ruled',
        key: ['person_id'],
        rows: 1,
        shown: [{ ...row, coast: 'inland' }],
        refused: [],
        rules: [
          { name: 'south', when: "city = 'Nice'", holds: 0, decided: 0 },
          { name: 'north', when: "city = 'Lille'", holds: 0, decided: 0 },
          { name: 'inland', decided: 1 },
        ],
      },
      {
        stage: 'southern',
        plugin: 'enrich/southern',
        key: ['person_id'],
        rows: 0,
        shown: [],
        refused: [],
        rules: [],
        note: 'none of the rows of grouped went on: they were left out or merged here',
      },
    ])
    expect((await explained(open[0]!, '17850')).stages[2]!.rules).toEqual([
      { name: 'south', when: "city = 'Nice'", holds: 1, decided: 1 },
      { name: 'north', when: "city = 'Lille'", holds: 0, decided: 0 },
      { name: 'inland', decided: 0 },
    ])
    const nobody = await explained(open[0]!, '1')
    expect(nobody.stages.map(({ rows, note }) => [rows, note])).toEqual(
      [0, 0, 0, 0].map((rows) => [rows, undefined]),
    )
  })

  it('is shown with the refused rows, as they came, and no more rows than were asked for', async () => {
    const one = await ran({
      'pipeline.yaml': text
        .replace('person_id: { from: id }', 'email: { from: mail, personal: true }, person_id: { from: id }')
        .replace(', email: { from: mail, personal: true }, city', ', city')
        .replace('key: [person_id], ', '')
        .replace(', mode: mirror, key: [person_id]', ''),
      'in/a.csv':
        'id,mail,town\n17850,,Nice\n17850,a@mail.example,Nice\n17850,b@mail.example,Nice\n1,,Nice\n',
    })
    const { stages } = await explained(one, '17850', { limit: 1 })
    const named = stages.find(({ stage }) => stage === 'named')!
    expect([named.rows, named.shown.length, named.refused.length]).toEqual([2, 1, 1])
    expect(named.refused[0]).toMatchObject({ codes: ['email: missing'] })
    expect(named.note).toBeUndefined()
  })
})

it('rows of another day are not explained as those of the day that is asked for', async () => {
  const one = await ran()
  expect((await explained(one, '13047', { asOf: '2026-01-01' })).as_of).toBe('2026-01-01')
  await expect(explained(one, '13047', { asOf: '2026-02-01' })).rejects.toMatchObject({
    code: 'as_of_differs',
    message: 'The rows of the last run were made as of 2026-01-01, not 2026-02-01',
    hint: expect.stringContaining('sillage run small --as-of 2026-02-01'),
    exit: 1,
  })
})

it('a stage that did not run, or has no column of the key, is told', async () => {
  const one = await ran()
  one.write(
    'pipeline.yaml',
    text.replace('  list:', '  late: { uses: enrich/southern, from: grouped, with: {} }\n  list:'),
  )
  expect((await explained(one, '13047')).not_traceable[0]).toEqual({ stage: 'late', why: 'it did not run' })
  expect((await explained(one, '13047')).as_of).toBe('2026-01-01')
})
