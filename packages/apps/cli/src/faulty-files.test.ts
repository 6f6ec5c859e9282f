import { expect, it } from 'vitest'
import { findings, succeeded } from './testing/outcome.ts'
import { TestProject } from './testing/project.ts'

const pipeline = `pipeline: shop
stages:
  raw: { uses: collect/csv, with: { path: "\${env:SHOP_FILE}" } }
marts: { m: { from: raw } }
`

it('what was published can be asked where a variable of the pipeline is unset, or the file has errors by now', async () => {
  using project = new TestProject({ 'a.csv': 'id\n1\n', 'pipeline.yaml': pipeline })
  succeeded(await project.run(['run', '--output', 'json'], { SHOP_FILE: 'a.csv' }))
  const asked = ['query', 'select count(*) as n from m', '--output', 'json']
  expect((await project.run(asked)).json()).toMatchObject({ rows: [{ n: 1 }] })
  project.write('pipeline.yaml', `${pipeline}  broken\n`)
  expect((await project.run(asked)).json()).toMatchObject({ rows: [{ n: 1 }] })
})

it('a variable that is unset is named where nothing was published yet', async () => {
  using project = new TestProject({ 'a.csv': 'id\n1\n', 'pipeline.yaml': pipeline })
  const { out, exit } = await project.run(['query', 'select 1 as n', '--output', 'json'])
  expect([exit, out]).toEqual([78, expect.stringContaining('SHOP_FILE is not set')])
})

it.each(['\tpipeline: p\n', 'stages: {}\n', '', '- a\n'])(
  'a pipeline.yaml that does not say its name is read for its errors: %j',
  async (text) => {
    using project = new TestProject({ 'pipeline.yaml': text, 'compose.yaml': 'services: {}\n' })
    const { out, exit } = await project.run(['run', '--output', 'json'])
    expect(exit).toBe(78)
    expect(out).toContain('pipeline.yaml')
    expect(out).not.toContain('There is no pipeline here')
  },
)

it('where several do not, all are named, and one is found by its folder', async () => {
  using project = new TestProject({
    'pipelines/a/pipeline.yaml': 'stages: {}\n',
    'pipelines/b/pipeline.yaml': 'stages: {}\n',
  })
  const ended = await project.run(['run', '--output', 'json'])
  expect(ended.out).toMatch(/pipelines.a.pipeline.yaml, pipelines.b.pipeline.yaml/)
  const named = await project.run(['validate', 'a', '--output', 'json'])
  expect(named.out).toContain('pipelines/a/pipeline.yaml')
})

it('an unknown key hides no unknown column of the same stage, and makes none up in those that read it', async () => {
  using project = new TestProject({
    'a.csv': 'id,b\n1,x\n',
    'pipeline.yaml': `pipeline: p
stages:
  raw: { uses: collect/csv, with: { path: a.csv } }
  one: { uses: enrich/derive, from: raw, with: { columns: { c: "nope || b" }, colums: { d: "b" } } }
  two: { uses: enrich/derive, from: one, with: { columns: { e: "d" } } }
marts: { m: { from: two } }
`,
  })
  const found = findings(await project.run(['validate', '--output', 'json']))
  expect(found.map(({ code, line }) => [code, line])).toEqual([
    ['column_unknown', 4],
    ['key_unknown', 4],
  ])
})

it('the wrong word of a statement is told', async () => {
  using project = new TestProject({ 'a.csv': 'id\n1\n', 'pipeline.yaml': pipeline })
  succeeded(await project.run(['run', '--output', 'json'], { SHOP_FILE: 'a.csv' }))
  const { out } = await project.run(['query', 'shop', 'selec 1 from m', '--output', 'json'])
  expect(out).toContain('near \\"selec\\"')
})
