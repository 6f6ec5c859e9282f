import { describe, expect, it } from 'vitest'
import { TestProject } from './testing/project.ts'

const pipeline = `pipeline: p
params: { as_of: { type: date, default: 2014-05-23 } }
as_of: "\${param:as_of}"
stages:
  raw: { uses: collect/csv, with: { path: orders.csv } }
  known: { uses: enrich/derive, from: raw, with: { where: "day <= as_of", columns: { age: "date_diff('day', day, as_of)" } } }
  named:
    uses: segment/rules
    from: known
    with:
      into: segment
      rules: [{ name: recent, when: "day > as_of - interval 1 month" }]
      otherwise: { name: old }
marts: { orders: { from: named, key: [id] } }
`

interface Planned {
  readonly steps: readonly { readonly stage: string; readonly action: string }[]
}

describe('a later as-of date', () => {
  it('runs again the stages whose expressions read it, and only those', async () => {
    using project = new TestProject({
      'orders.csv': 'id,day\n1,2014-05-01\n2,2014-06-20\n',
      'pipeline.yaml': pipeline,
    })
    const rows = async (): Promise<unknown> =>
      (
        (
          await project.run([
            'query',
            'p',
            'select id, age, segment from orders order by id',
            '--output',
            'json',
          ])
        ).json() as { readonly rows: unknown }
      ).rows
    expect((await project.run(['run'])).exit).toBe(0)
    expect(await rows()).toEqual([{ id: 1, age: 22, segment: 'recent' }])
    const later = ['--param', 'as_of=2014-07-01']
    const { steps } = (await project.run(['plan', ...later, '--output', 'json'])).json() as Planned
    expect(steps.map(({ stage, action }) => [stage, action])).toEqual([
      ['raw', 'reuse'],
      ['known', 'run'],
      ['named', 'run'],
    ])
    expect((await project.run(['run', ...later])).exit).toBe(0)
    expect(await rows()).toEqual([
      { id: 1, age: 61, segment: 'old' },
      { id: 2, age: 11, segment: 'recent' },
    ])
    expect((await project.run(['run'])).exit).toBe(0)
    expect(await rows()).toEqual([{ id: 1, age: 22, segment: 'recent' }])
  })
})
