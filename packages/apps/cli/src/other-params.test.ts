import { expect, test } from 'vitest'
import { TestProject } from './testing/project.ts'

const pipeline = `pipeline: shop
params: { brand: { type: text, default: a }, as_of: { type: date, default: 2026-01-01 } }
as_of: "\${param:as_of}"
stages:
  raw: { uses: collect/csv, with: { path: "\${param:brand}.csv" } }
marts: { m: { from: raw } }
`

const json = async (project: TestProject, args: readonly string[]) =>
  (await project.run([...args, '--output', 'json'])).json() as {
    readonly run: { readonly id: string; readonly status: string; readonly replaces?: unknown }
    readonly replaces?: unknown
  }

test('a mart that takes the place of one of other parameters is told before and as it runs; another day is none', async () => {
  using project = new TestProject({ 'pipeline.yaml': pipeline, 'a.csv': 'id\n1\n', 'b.csv': 'id\n2\n' })
  const first = await json(project, ['run', 'shop'])
  expect([first.run.status, first.run.replaces]).toEqual(['succeeded', undefined])
  const sameBrand = await json(project, ['run', 'shop', '--param', 'as_of=2026-02-01'])
  expect([sameBrand.run.status, sameBrand.run.replaces]).toEqual(['succeeded', undefined])

  const told = { run: sameBrand.run.id, params: ['brand'] }
  expect((await json(project, ['plan', 'shop', '--param', 'brand=b'])).replaces).toEqual(told)
  expect((await json(project, ['run', 'shop', '--param', 'brand=b', '--dry-run'])).run.replaces).toEqual(told)
  const part = ['run', 'shop', '--param', 'brand=b', '--select', 'raw']
  expect((await json(project, part)).run.replaces).toBeUndefined()
  const words = await project.run(['run', 'shop', '--param', 'brand=b'])
  expect(words.err).toContain(
    `takes the place of what run ${sameBrand.run.id} published with another "brand"`,
  )
  expect((await json(project, ['run', 'shop', '--param', 'brand=b'])).run.replaces).toBeUndefined()
})
