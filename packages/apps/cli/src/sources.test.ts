import { readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { gzipSync } from 'node:zlib'
import { Database } from '@sillage/duckdb'
import { expect, it } from 'vitest'
import { failure, succeeded } from './testing/outcome.ts'
import { TestProject } from './testing/project.ts'

const project = (uses: string, options: string, files: Readonly<Record<string, string | Uint8Array>>) =>
  new TestProject({
    'sillage.yaml': 'pipelines: ["*.yaml"]\n',
    'p.yaml': `pipeline: p\nstages:\n  raw: { uses: ${uses}, with: { ${options} } }\nmarts: { raw: { from: raw } }\n`,
    ...files,
  })

const rowsOf = async (made: TestProject) =>
  (
    (await made.run(['query', 'p', 'from raw', '--output', 'json'])).json() as {
      readonly rows: readonly unknown[]
    }
  ).rows

it('a damaged page of one Parquet file among several is told with the name of the file', async () => {
  using made = project('collect/parquet', 'path: "*.parquet"', {})
  await using database = await Database.open({ path: ':memory:' })
  using session = await database.session()
  const path = join(made.folder, 'b.parquet')
  for (const name of ['a', 'b', 'c'])
    await session.run(
      `copy (select range as id, 'a text ' || hash(range) as t from range(2000)) to '${join(made.folder, name)}.parquet' (compression zstd)`,
    )
  const bytes = readFileSync(path)
  bytes.fill(0xee, 60, bytes.length - 1500)
  writeFileSync(path, bytes)
  const error = failure(await made.run(['run', '--output', 'json']))
  expect(error).toMatchObject({
    code: 'file_damaged',
    stage: 'raw',
    message: expect.stringContaining('b.parquet cannot be read'),
  })
})

it('options of a source that are null in YAML, and compressed files, reach the rows; what is odd is told in the run', async () => {
  using made = project(
    'collect/csv',
    'path: "x*", missing_cells: null, nulls: ["", NA], comment: "#", skip_lines: 1',
    {
      'x.csv.gz': gzipSync('Export "of" today\n# made by hand\nid,name,note\n1,"",x\n2\n3,NA\n'),
      'x2.csv': '',
    },
  )
  const run = succeeded(await made.run(['run', '--output', 'json']))
  expect(run.warnings.map(({ code }) => code)).toEqual(['file_empty'])
  expect(await rowsOf(made)).toEqual([
    { id: 1, name: '', note: 'x' },
    { id: 2, name: null, note: null },
    { id: 3, name: null, note: null },
  ])
})

it('an empty file among others that gets rows later is read then, and only it', async () => {
  using made = project('collect/csv', 'path: "*.csv"', { 'a.csv': 'id\n1\n', 'b.csv': '' })
  succeeded(await made.run(['run', '--output', 'json']))
  made.write('b.csv', 'id\n2\n')
  const run = succeeded(await made.run(['run', '--output', 'json']))
  expect([run.warnings, await rowsOf(made)]).toEqual([[], [{ id: 1 }, { id: 2 }]])
})

it('init says of which columns some values are not what the others are, and of which it does not matter', async () => {
  const lines = Array.from({ length: 100 }, (_, row) => {
    const day = row === 7 ? '2025-13-40' : `2025-01-${String((row % 28) + 1).padStart(2, '0')}`
    const amount = row % 10 === 0 ? 'free' : `${row}.50`
    return `${row === 3 ? 'x' : row},${day},${amount},${row < 95 ? 75000 + row : '01000'},text ${row}`
  })
  using made = new TestProject({ 'orders.csv': `id,day,amount,postcode,note\n${lines.join('\n')}\n` })
  const ended = await made.run(['init', '--from', 'orders.csv'])
  const told = [
    'id: 1 of 100 values is no integer: such rows are refused',
    'day: 1 of 100 values is no date: such rows are refused',
    'amount: text, since 10 of 100 values are no decimal',
  ]
  expect(ended.err.split('\n').filter((line) => line.startsWith('!'))).toEqual(
    told.map((text) => `! ${text}`),
  )
  const pipeline = readFileSync(join(made.folder, 'pipeline.yaml'), 'utf8')
  expect(pipeline).toMatch(/id: +\{ from: "id", type: integer \} +# 1 of 100/)
  expect(pipeline).toMatch(/amount: +\{ from: "amount", type: text \} +# text, since/)
  expect(pipeline).toMatch(/postcode: +\{ from: "postcode", type: text \}\n/)
  const run = succeeded(await made.run(['run', '--output', 'json']))
  expect(run.steps.find(({ stage }) => stage === 'rows')).toMatchObject({ rows_out: 98, rejected: 2 })
})
