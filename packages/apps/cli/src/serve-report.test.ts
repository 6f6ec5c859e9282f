import { existsSync, readdirSync } from 'node:fs'
import { join } from 'node:path'
import { expect, it } from 'vitest'
import { assertProblem } from './testing/contract.ts'
import { TestProject } from './testing/project.ts'
import type { Served } from './testing/served.ts'
import { serving } from './testing/serving.ts'
import { shopOrders, shopPipeline } from './testing/shop.ts'

const project = new TestProject({ 'orders.csv': shopOrders, 'pipeline.yaml': shopPipeline() })
const { out: help } = await project.run(['--help'])
const there = /^ {2}report /m.test(help)
let server: Served
serving(project, (started) => {
  server = started
})
const report = '/api/v1/pipelines/shop/report'

/** Files that a report left behind in the folder of the server. */
function left(): readonly string[] {
  const folder = join(project.folder, '.sillage/tmp/@reader')
  return existsSync(folder) ? readdirSync(folder).filter((name) => name.startsWith('report-')) : []
}

it.skipIf(!there)(
  `the report is saved in each language${there ? '' : ' (skipped: this command line has no report)'}`,
  async () => {
    for (const query of ['', '?locale=en', '?locale=fr']) {
      const answer = await server.ask(`${report}${query}`)
      expect(answer.status, answer.text.slice(0, 300)).toBe(200)
      expect(answer.headers.get('content-type')).toContain('text/html')
      expect(answer.headers.get('content-disposition')).toBe('attachment; filename="shop.html"')
      expect(answer.text).toContain('lines')
      expect(answer.text).not.toContain(project.folder)
      if (query !== '') expect(answer.text).toContain(`lang="${query.slice(-2)}"`)
    }
    expect(left()).toEqual([])
  },
)

it('what keeps a report from being made is said, and nothing is left behind', async () => {
  const { status, text, headers } = await server.ask('/api/v1/pipelines/nowhere/report')
  expect(assertProblem({ status, text, type: headers.get('content-type')! })).toBe('pipeline_unknown')
  for (const query of ['format=md', 'locale=../../x', 'to=/etc/passwd']) {
    const refused = await server.ask(`${report}?${query}`)
    const type = refused.headers.get('content-type')!
    expect(assertProblem({ status: refused.status, text: refused.text, type })).toBe('request_invalid')
  }
  if (!there) {
    const answer = await server.ask(report)
    expect(assertProblem({ ...answer, type: answer.headers.get('content-type')! })).toBe('usage')
  }
  expect(left()).toEqual([])
})
