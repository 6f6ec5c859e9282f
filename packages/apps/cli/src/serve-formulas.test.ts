import { expect, it } from 'vitest'
import { TestProject } from './testing/project.ts'
import { Served } from './testing/served.ts'

it('a table asked for as CSV has no formula in a cell or a heading, and numbers keep their sign', async () => {
  using project = new TestProject({
    'f.csv': '"=cmd|\' /C calc\'!A0",b,n,d\n"=1+1",+33612345678,-5,2026-01-01\n@x,"a=1",3,2026-01-02\n',
    'pipeline.yaml': `pipeline: p
as_of: 2026-01-01
stages:
  a: { uses: collect/csv, with: { path: f.csv, all_text: true } }
  c: { uses: enrich/derive, from: a, with: { columns: { amount: "cast(n as decimal(10,2))" } } }
marts: { m: { from: c } }
`,
  })
  expect((await project.run(['run'])).exit).toBe(0)
  const server = await Served.start(project)
  try {
    const { text } = await server.ask('/api/v1/pipelines/p/marts/m?format=csv&order=n')
    expect(text).toBe(
      "'=cmd|' /C calc'!A0,b,n,d,amount\r\n'=1+1,'+33612345678,'-5,2026-01-01,-5.00\r\n'@x,a=1,3,2026-01-02,3.00\r\n",
    )
    expect((await server.ask('/api/v1/pipelines/p/marts/m?format=json')).text).toContain('"=1+1"')
  } finally {
    await server.stop()
  }
})
