import { appendFileSync, renameSync, rmSync } from 'node:fs'
import { join } from 'node:path'
import { Database } from '@sillage/duckdb'
import { describe, expect, test } from 'vitest'
import { succeeded } from './testing/outcome.ts'
import { TestProject } from './testing/project.ts'

interface Rejected {
  readonly rejects: {
    readonly stages: readonly {
      readonly stage: string
      readonly reasons: readonly {
        readonly samples: readonly { readonly file: string; readonly line: number }[]
      }[]
    }[]
  }
}

const contract = `{ columns: { id: { type: integer, required: true }, note: { type: text } } }`
const pipeline = (path: string, more = ''): string => `pipeline: shop
stages:
  raw: { uses: collect/csv, with: { path: "${path}" } }
  lines: { uses: clean/contract, from: raw, with: ${contract} }
${more}marts:
  lines: { from: lines, key: [id] }
`

const run = async (project: TestProject) => succeeded(await project.run(['run', '--output', 'json']))

async function places(project: TestProject): Promise<readonly string[]> {
  const { rejects } = (await project.run(['rejects', 'shop', '--output', 'json'])).json() as Rejected
  return rejects.stages
    .flatMap(({ stage, reasons }) =>
      reasons.flatMap(({ samples }) => samples.map(({ file, line }) => `${stage} ${file}:${line}`)),
    )
    .sort()
}

async function published(project: TestProject): Promise<readonly unknown[]> {
  const ended = await project.run([
    'query',
    'shop',
    'select stage, code, rows from sillage.rejects order by all',
    '--output',
    'json',
  ])
  return (ended.json() as { readonly rows: readonly unknown[] }).rows
}

/** How many rows each run wrote to the table of `lines`. */
async function segments(project: TestProject): Promise<readonly unknown[]> {
  await using database = await Database.open({
    path: join(project.folder, '.sillage/shop/work.duckdb'),
    readOnly: true,
  })
  using session = await database.session()
  return await session.rows(`select rows from sillage.segments where stage = 'lines' order by first_row`)
}

test('a folder that is renamed, and the path with it: refused rows say where they stand now', async () => {
  using project = new TestProject({
    'pipeline.yaml': pipeline('old/*.csv'),
    'old/a.csv': 'id,note\n1,a\nx,b\n2\n3,c\n',
  })
  await run(project)
  expect(await places(project)).toEqual(['lines old/a.csv:3', 'raw old/a.csv:4'])
  renameSync(join(project.folder, 'old'), join(project.folder, 'new'))
  project.write('pipeline.yaml', pipeline('new/*.csv'))
  const plan = (await project.run(['plan', '--output', 'json'])).json() as {
    readonly steps: readonly { readonly stage: string; readonly reason: string }[]
  }
  expect(plan.steps.find(({ stage }) => stage === 'lines')!.reason).toContain(
    'a.csv is new/a.csv now, was old/a.csv',
  )
  await run(project)
  expect(await places(project)).toEqual(['lines new/a.csv:3', 'raw new/a.csv:4'])
})

test('a file in a new folder beside the old ones: only it is read', async () => {
  using project = new TestProject({
    'pipeline.yaml': pipeline('in/*/*.csv'),
    'in/1/a.csv': 'id,note\n1,a\nx,b\n',
  })
  await run(project)
  project.write('in/2/b.csv', 'id,note\n2,a\n\ny,b\n3\n')
  const { steps } = await run(project)
  expect(steps.find(({ stage }) => stage === 'lines')).toMatchObject({ rows_in: 4, rejected: 2 })
  expect(await segments(project)).toEqual([{ rows: 2 }, { rows: 2 }])
  const added = await places(project)
  rmSync(join(project.folder, '.sillage'), { recursive: true })
  await run(project)
  expect(await places(project)).toEqual(added)
})

test('files of one name in several folders: plan says which of them changed', async () => {
  const file = 'id,note\n1,a\n'
  using project = new TestProject({
    'pipeline.yaml': pipeline('in/*/*.csv'),
    'in/1/a.csv': file,
    'in/2/a.csv': 'id,note\n2,b\nx,c\n',
  })
  await run(project)
  appendFileSync(join(project.folder, 'in/1/a.csv'), '3,d\n')
  const plan = (await project.run(['plan', '--output', 'json'])).json() as {
    readonly steps: readonly { readonly stage: string; readonly reason: string }[]
  }
  expect(plan.steps.find(({ stage }) => stage === 'lines')!.reason).toBe('raw: a.csv grew by 4 bytes')
})

test('lines refused behind cells with line breaks and blank lines have the same number whether read at once or bit by bit', async () => {
  const before = 'id,note\n1,"a\nb\nc"\n\nx,bad\n2\n3,"d\n\ne"\n'
  const after = '4,f\n5\ny,"g\nh"\n\n6\nz,bad\n'
  using project = new TestProject({ 'pipeline.yaml': pipeline('a.csv'), 'a.csv': before })
  await run(project)
  appendFileSync(join(project.folder, 'a.csv'), after)
  await run(project)
  const added = await places(project)
  expect(added).toHaveLength(6)
  rmSync(join(project.folder, '.sillage'), { recursive: true })
  await run(project)
  expect(await places(project)).toEqual(added)
})

test('a mart tells the refused rows of now, also of a source that it does not read, and of a stage that was renamed', async () => {
  const other = (stage: string): string =>
    `  other: { uses: collect/csv, with: { path: other.csv } }\n  ${stage}: { uses: clean/contract, from: other, with: ${contract} }\n`
  using project = new TestProject({
    'pipeline.yaml': pipeline('a.csv', other('kept')),
    'a.csv': 'id,note\n1,a\n',
    'other.csv': 'id,note\n1,a\nx,b\n',
  })
  await run(project)
  expect(await published(project)).toEqual([{ stage: 'kept', code: 'not_integer', rows: 1 }])
  appendFileSync(join(project.folder, 'other.csv'), '2\ny,c\n')
  await run(project)
  const now = [
    { stage: 'kept', code: 'not_integer', rows: 2 },
    { stage: 'other', code: 'missing_columns', rows: 1 },
  ]
  expect(await published(project)).toEqual(now)
  project.write('pipeline.yaml', pipeline('a.csv', other('held')))
  await run(project)
  expect(await published(project)).toEqual([{ ...now[0], stage: 'held' }, now[1]])
  await run(project)
  const versions = await project.run(['rollback', 'shop', '--list', '--output', 'json'])
  expect((versions.json() as { versions: readonly unknown[] }).versions).toHaveLength(3)
})

describe('rows refused behind other steps', () => {
  const through = `pipeline: shop
as_of: 2026-01-01
stages:
  raw_a: { uses: collect/csv, with: { path: a.csv, all_text: true } }
  a: { uses: clean/contract, from: raw_a, with: { columns: { id: { type: integer, required: true }, name: { type: text }, email: { type: text }, town: { type: text } } } }
  raw_b: { uses: collect/json, with: { path: b.jsonl, all_text: true } }
  b: { uses: enrich/derive, from: raw_b, with: { where: "id <> '90'", columns: { id: "cast(id as integer)", town: "'Dax'" } } }
  once: { uses: clean/dedupe, from: [a, b], with: { keys: [[id]], order: [{ by: name }], fill: true } }
  found: { uses: enrich/communes, from: once, with: { postcode: town, city: town } }
  people: { uses: clean/contacts, from: found, with: { name: { last: name }, email: email, require: [name] } }
  towns: { uses: collect/csv, with: { path: towns.csv } }
  placed: { uses: enrich/join, from: { left: people, right: towns }, with: { on: [town], columns: [size], unmatched: reject } }
  strict: { uses: clean/contract, from: placed, with: { columns: { id: { type: integer, max: 5 }, size: { type: integer } } } }
marts: { m: { from: strict } }
`
  const files = {
    'pipeline.yaml': through,
    'a.csv':
      'id,name,email,town\n1,Ann,a@x.example,Dax\n2,3\n2,,b@x.example,Dax\nx,Bob,c@x.example,Dax\n3,Cyril,d@x.example,Nowhere\n9,Di,e@x.example,Dax\n',
    'b.jsonl':
      '{"id":"90","name":"Ed","email":""}\n{"id":"4","name":null,"email":"f@x.example"}\n\n{"id":"5","name":"Flo","email":""}\n{"id":"6","name":"Gil","email":""}\n',
    'towns.csv': 'town,size\nDax,1\n',
  }
  const right = [
    'a a.csv:5',
    'people a.csv:4',
    'people b.jsonl:2',
    'placed a.csv:6',
    'raw_a a.csv:3',
    'strict a.csv:7',
    'strict b.jsonl:5',
  ]

  test('say the file and the line in which they came in, through filters, unions, merges, workers and joins', async () => {
    using project = new TestProject(files)
    await run(project)
    expect(await places(project)).toEqual(right)
    const shown = await project.run(['show', 'reject.placed', '-p', 'shop', '--output', 'json'])
    const [{ raw }] = (shown.json() as { readonly rows: readonly [{ readonly raw: string }] }).rows
    expect(Object.keys(JSON.parse(raw))).not.toContain('_line')
    const mart = await project.run(['query', 'shop', 'describe m', '--output', 'json'])
    expect(
      (mart.json() as { readonly rows: readonly { readonly column_name: string }[] }).rows,
    ).toMatchObject([{ column_name: 'id' }, { column_name: 'size' }])
  })

  test('do so when a line is added, when the source is renamed, and when they are replayed', async () => {
    using project = new TestProject(files)
    await run(project)
    appendFileSync(join(project.folder, 'a.csv'), '4,5\n10,Hal,,Dax\n')
    await run(project)
    const more = [...right, 'raw_a a.csv:8', 'strict a.csv:9'].sort()
    expect(await places(project)).toEqual(more)
    project.write('pipeline.yaml', through.replaceAll('raw_a', 'lines_a'))
    await run(project)
    expect(await places(project)).toEqual(more.map((place) => place.replace('raw_a', 'lines_a')).sort())
    project.write('pipeline.yaml', through.replaceAll('raw_a', 'lines_a').replace('max: 5', 'max: 9'))
    succeeded(await project.run(['replay', 'shop', '--stage', 'strict', '--output', 'json']))
    expect(await places(project)).toContain('strict a.csv:9')
    expect(await places(project)).not.toContain('strict a.csv:7')
  })

  test('where nothing behind it refuses rows, a contract keeps the place of refused rows alone', async () => {
    using project = new TestProject({ 'pipeline.yaml': pipeline('a.csv'), 'a.csv': 'id,note\n1,a\nx,b\n' })
    await run(project)
    await using database = await Database.open({
      path: join(project.folder, '.sillage/shop/work.duckdb'),
      readOnly: true,
    })
    using session = await database.session()
    expect(await session.rows('select _line from step.lines order by id')).toEqual([
      { _line: null },
      { _line: 3 },
    ])
  })
})
