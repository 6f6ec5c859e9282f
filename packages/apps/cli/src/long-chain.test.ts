import { expect, test } from 'vitest'
import { succeeded } from './testing/outcome.ts'
import { TestProject } from './testing/project.ts'

test('a chain of many small steps is cut into statements that DuckDB binds', async () => {
  const length = 120
  const steps = Array.from(
    { length },
    (_, index) =>
      `  s${index + 1}: { uses: enrich/derive, from: s${index}, with: { columns: { n: "n + 1" } } }\n`,
  )
  using project = new TestProject({
    'a.csv': 'id,n\n1,0\n2,5\n',
    'pipeline.yaml': `pipeline: p\nstages:\n  s0: { uses: collect/csv, with: { path: a.csv } }\n${steps.join('')}marts: { m: { from: s${length} } }\n`,
  })
  const { steps: planned } = (await project.run(['plan', '--output', 'json'])).json() as {
    readonly steps: readonly { readonly stage: string; readonly fused_into: string | null }[]
  }
  const stored = planned.filter(({ fused_into }) => fused_into === null).map(({ stage }) => stage)
  expect(stored).toEqual(['s50', 's101', 's120'])
  succeeded(await project.run(['run', '--output', 'json']))
  const { rows } = (await project.run(['query', 'p', 'from m order by id', '--output', 'json'])).json() as {
    readonly rows: unknown
  }
  expect(rows).toEqual([
    { id: 1, n: 120 },
    { id: 2, n: 125 },
  ])
})
