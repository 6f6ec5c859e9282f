import { expect, it } from 'vitest'
import { TestProject } from './testing/project.ts'
import type { Served } from './testing/served.ts'
import { serving } from './testing/serving.ts'
import { shopOrders, shopPipeline } from './testing/shop.ts'

const project = new TestProject({ 'orders.csv': shopOrders, 'pipeline.yaml': shopPipeline() })
let server: Served
serving(project, (started) => {
  server = started
})
const base = '/api/v1/pipelines/shop'

it('a run is not refused since its plan is asked, nor a question since another is; each is answered', async () => {
  const asked = [base, `${base}/rejects?samples=1`, base, `${base}/rejects?samples=2`].map((path) =>
    server.ask(path),
  )
  const started = await server.ask(`${base}/runs`, { method: 'POST', body: { full_refresh: true } })
  expect(started.status, started.text).toBe(202)
  for (const answer of await Promise.all(asked)) expect(answer.status, answer.text).toBe(200)
  const { events, address } = started.json() as { events: string; address: string }
  const whileItRuns = [server.ask(base), server.ask(`${base}/rejects?samples=1`)]
  await server.events(events)
  expect((await server.ask(address)).json()).toMatchObject({ status: 'succeeded' })
  const [plan, rejects] = await Promise.all(whileItRuns)
  expect(plan!.json()).toMatchObject({ stale: expect.any(Boolean), edges: expect.any(Array) })
  expect([200, 409]).toContain(rejects!.status)
})
