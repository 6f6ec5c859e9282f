import { expect, it } from 'vitest'
import { succeeded } from './testing/outcome.ts'
import { TestProject } from './testing/project.ts'

it('query prints more rows than a call takes arguments', async () => {
  using project = new TestProject({
    'a.csv': 'id\n1\n',
    'pipeline.yaml': `pipeline: p\nstages:\n  raw: { uses: collect/csv, with: { path: a.csv } }\nmarts: { raw: { from: raw } }\n`,
  })
  succeeded(await project.run(['run', '--output', 'json']))
  const { exit, out } = await project.run(['query', 'p', 'from range(200000)'])
  expect(exit).toBe(0)
  expect(out.split('\n').slice(-3)).toEqual(['199999', '200000 rows', ''])
})
