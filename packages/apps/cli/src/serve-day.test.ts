import { expect, it } from 'vitest'
import { until } from './testing/outcome.ts'
import { TestProject } from './testing/project.ts'
import { Served } from './testing/served.ts'

const pipeline = `pipeline: p
as_of: today
schedule: "30 2 * * * Europe/Paris"
stages:
  raw: { uses: collect/csv, with: { path: orders.csv } }
  known: { uses: enrich/derive, from: raw, with: { columns: { age: "date_diff('day', day, as_of)" } } }
marts: { orders: { from: known, key: [id] } }
`
const files = { 'orders.csv': 'id,day\n1,2026-11-20\n', 'pipeline.yaml': pipeline }

interface Run {
  readonly run: string
  readonly status: string
  readonly as_of?: string
  readonly as_of_source?: string
  readonly catch_up?: object
}

async function runsOf(server: Served): Promise<readonly Run[]> {
  return ((await server.ask('/api/v1/runs')).json() as { readonly runs: readonly Run[] }).runs
}

it('a server that was off for three nights makes up for them with one run, as of its own day; a run that is asked for may name another', async () => {
  using project = new TestProject(files)
  expect((await project.run(['run'], { SILLAGE_NOW: '2026-11-26T03:00:00Z' })).exit).toBe(0)
  const server = await Served.start(project, { env: { SILLAGE_NOW: '2026-11-29T07:00:00Z' } })
  try {
    await until(
      async () => (await runsOf(server)).some(({ status, catch_up }) => catch_up && status === 'succeeded'),
      40,
    )
    const [caught, first, ...others] = await runsOf(server)
    expect(others).toEqual([])
    expect(first).toMatchObject({ as_of: '2026-11-26' })
    expect(caught).toMatchObject({
      as_of: '2026-11-29',
      as_of_source: 'today',
      catch_up: { times: 3, last: '2026-11-29T01:30:00.000Z' },
    })
    expect((await server.ask('/api/v1/pipelines/p')).json()).toMatchObject({
      schedule: { missed: 3, caught_up: 1, started: 1, skipped: 0 },
    })
    const asked = await server.ask('/api/v1/pipelines/p/runs', {
      method: 'POST',
      body: { as_of: '2026-11-21' },
    })
    expect(asked.status, asked.text).toBe(202)
    await until(
      async () =>
        (await runsOf(server))[0]!.as_of === '2026-11-21' &&
        (await runsOf(server))[0]!.status === 'succeeded',
      40,
    )
    expect((await server.ask('/api/v1/pipelines/p/marts/orders?format=csv')).text).toContain('1,2026-11-20,1')
    for (const as_of of ['2026-11-31', 'tomorrow', ''])
      expect(
        (await server.ask('/api/v1/pipelines/p/runs', { method: 'POST', body: { as_of } })).status,
      ).not.toBe(202)
  } finally {
    await server.stop()
  }
})

it('a pipeline with a fixed day, or one that says none, is not caught up', async () => {
  for (const top of ['as_of: 2026-01-31', 'as_of: today\ncatch_up: none']) {
    using project = new TestProject({ ...files, 'pipeline.yaml': pipeline.replace('as_of: today', top) })
    expect((await project.run(['run'], { SILLAGE_NOW: '2026-11-26T03:00:00Z' })).exit).toBe(0)
    const server = await Served.start(project, { env: { SILLAGE_NOW: '2026-11-29T07:00:00Z' } })
    try {
      const schedule = async () =>
        (
          (await server.ask('/api/v1/pipelines/p')).json() as {
            readonly schedule: { readonly missed: number }
          }
        ).schedule
      await until(async () => (await schedule()).missed === 3, 40)
      expect(await schedule()).toMatchObject({ missed: 3, caught_up: 0, started: 0 })
      expect(await runsOf(server)).toHaveLength(1)
    } finally {
      await server.stop()
    }
  }
})
