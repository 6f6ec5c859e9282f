import { existsSync } from 'node:fs'
import { join } from 'node:path'
import { expect, it } from 'vitest'
import { TestProject } from './testing/project.ts'

const rows = 'id,name,amount\n1,a,2\n'

async function found(pipeline: string): Promise<readonly (readonly [string, number])[]> {
  using project = new TestProject({ 'rows.csv': rows, 'pipeline.yaml': pipeline })
  const { exit, err, json } = await project.run(['validate', '--output', 'json'])
  expect(exit, err).toBe(78)
  const { diagnostics } = json() as {
    readonly diagnostics: readonly { readonly code: string; readonly line: number }[]
  }
  return diagnostics.map(({ code, line }) => [code, line] as const)
}

it('errors of the shape and unknown columns are told at once; what reads a broken stage is not blamed', async () => {
  expect(
    await found(`pipeline: p
stages:
  rows: { uses: collect/csv, with: { path: rows.csv } }
  more: { uses: enrich/derive, from: rows, with: { columns: { twice: "amount * 2" } } }
  typo: { uses: enrich/derive, from: more, with: { colums: { x: "1" } } }
  after: { uses: enrich/derive, from: typo, with: { columns: { y: "x + 1" } } }
  odd: { uses: enrich/derve, from: more }
  wrong: { uses: enrich/derive, from: more, with: { columns: { z: "twise + 1" } } }
  kept: { uses: clean/dedupe, from: more, with: { keys: [[ids]] } }
  lost: { uses: enrich/derive, from: nowhere, with: { columns: { z: "1" } } }
marts:
  m: { from: after, key: [y] }
  n: { from: more, key: [nam] }
`),
  ).toEqual([
    ['key_unknown', 5],
    ['plugin_unknown', 7],
    ['column_unknown', 8],
    ['column_unknown', 9],
    ['stage_unknown', 10],
    ['column_unknown', 13],
  ])
})

it('an error in what all stages read, such as as_of, is told alone', async () => {
  expect(
    await found(`pipeline: p
as_of: someday
stages:
  rows: { uses: collect/csv, with: { path: rows.csv } }
  late: { uses: enrich/derive, from: rows, with: { columns: { x: "as_of - nothing" } } }
marts: { m: { from: late } }
`),
  ).toEqual([['as_of_invalid', 2]])
})

it('a stage of an unknown plugin does not hide the errors of the stage before it', async () => {
  expect(
    await found(`pipeline: p
stages:
  rows: { uses: collect/csv, with: { path: rows.csv } }
  wrong: { uses: enrich/derive, from: rows, with: { columns: { z: "amont" } } }
  odd: { uses: enrich/derve, from: rows }
marts: { m: { from: wrong } }
`),
  ).toEqual([
    ['column_unknown', 4],
    ['plugin_unknown', 5],
  ])
})

it('a pipeline whose name is no name leaves nothing anywhere', async () => {
  using project = new TestProject({
    'rows.csv': rows,
    'sub/pipeline.yaml':
      'pipeline: ../../outside\nstages:\n  rows: { uses: collect/csv, with: { path: ../rows.csv } }\nmarts: { m: { from: rows } }\n',
  })
  const { exit, err } = await project.run(['validate', 'sub/pipeline.yaml'])
  expect(exit, err).toBe(78)
  for (const folder of ['outside', 'sub/outside', 'sub/.sillage', '.sillage'])
    expect(existsSync(join(project.folder, folder)), folder).toBe(false)
})

it('stages in a circle do not hide the errors of the others', async () => {
  expect(
    await found(`pipeline: p
stages:
  rows: { uses: collect/csv, with: { path: rows.csv } }
  a: { uses: enrich/derive, from: b, with: { columns: { x: "1" } } }
  b: { uses: enrich/derive, from: a, with: { columns: { y: "1" } } }
  c: { uses: enrich/derive, from: rows, with: { columns: { z: "amont" } } }
marts: { m: { from: c } }
`),
  ).toEqual([
    ['cycle', 4],
    ['column_unknown', 6],
  ])
})
