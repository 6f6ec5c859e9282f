import { describe, expect, it } from 'vitest'
import { failure, succeeded } from './testing/outcome.ts'
import { TestProject } from './testing/project.ts'

const pipeline = (more: string): string => `pipeline: p
as_of: 2026-01-01
stages:
  raw: { uses: collect/csv, with: { path: a.csv, all_text: true } }
  c: { uses: clean/contract, from: raw, with: { columns: { n: { type: integer, required: true } }${more} }
marts: { m: { from: c } }
`

describe('a step that refuses every row', () => {
  it('ends the run with exit 4, again on the next run, and the mart of before stays', async () => {
    using project = new TestProject({ 'a.csv': 'n,k\n1,\n', 'pipeline.yaml': pipeline('}') })
    succeeded(await project.run(['run', '--output', 'json']))
    project.write('a.csv', 'n,k\nx,\ny,\n')
    for (const _ of [1, 2]) {
      const run = await project.run(['run', '--output', 'json'])
      expect(run.exit).toBe(4)
      expect(failure(run, 4)).toMatchObject({ code: 'too_many_rejects', stage: 'c' })
    }
    const mart = await project.run(['query', 'p', 'select n from m', '--output', 'json'])
    expect((mart.json() as { readonly rows: unknown }).rows).toEqual([{ n: 1 }])
  })

  it('may do so where the pipeline says it', async () => {
    using project = new TestProject({
      'a.csv': 'n,k\nx,\n',
      'pipeline.yaml': pipeline('}, expect: [{ rejected: { max_share: 1 } }]'),
    })
    const { steps } = succeeded(await project.run(['run', '--output', 'json']))
    expect(steps.at(-1)).toMatchObject({ rows_in: 1, rows_out: 0, rejected: 1 })
  })

  it('is measured by the rows that were not left out, and passes where none came in', async () => {
    using project = new TestProject({
      'a.csv': 'n,k\nx,\n,skip\n',
      'pipeline.yaml': pipeline(`, leave_out: ["k = 'skip'"] }`),
    })
    expect((await project.run(['run', '--output', 'json'])).exit).toBe(4)
    project.write('a.csv', 'n,k\n,skip\n,skip\n')
    const { steps } = succeeded(await project.run(['run', '--output', 'json']))
    expect(steps.at(-1)).toMatchObject({ rows_in: 2, rows_out: 0, rejected: 0, filtered: 2 })
    project.write('a.csv', 'n,k\n')
    succeeded(await project.run(['run', '--output', 'json']))
  })

  it('may be a source: no line of it could be read', async () => {
    using project = new TestProject({
      'a.csv': 'n,k\n1,2,3\n',
      'pipeline.yaml': `pipeline: p\nas_of: 2026-01-01\nstages:\n  raw: { uses: collect/csv, with: { path: a.csv, all_text: true } }\n  d: { uses: enrich/derive, from: raw, with: { columns: { z: "1" } } }\nmarts: { m: { from: d } }\n`,
    })
    const run = await project.run(['run', '--output', 'json'])
    expect([run.exit, failure(run, 4).stage]).toEqual([4, 'raw'])
  })
})
