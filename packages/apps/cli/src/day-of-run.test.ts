import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { ask } from './testing/history.ts'
import { until } from './testing/outcome.ts'
import { slowWait } from './testing/own-plugin.ts'
import { TestProject } from './testing/project.ts'

const orders = 'id,day\n1,2026-11-20\n2,2026-11-28\n3,2026-11-29\n'
const pipeline = (top: string, more = ''): string => `pipeline: p
${top}
stages:
  raw: { uses: collect/csv, with: { path: orders.csv } }
  tidy: { uses: clean/contract, from: raw, with: { columns: { id: { type: integer }, day: { type: date } } }, expect: [{ not_null: [id] }] }
${more}  known: { uses: enrich/derive, from: ${more === '' ? 'tidy' : 'slow'}, with: { where: "day <= as_of", columns: { age: "date_diff('day', day, as_of)" } } }
  named:
    uses: segment/rules
    from: known
    with:
      into: segment
      rules: [{ name: recent, when: "day > as_of - interval 2 day" }]
      otherwise: old
      otherwise_unknown: unknown
marts: { orders: { from: named, key: [id] } }
`
const shop = (top: string): TestProject =>
  new TestProject({ 'orders.csv': orders, 'pipeline.yaml': pipeline(top) })
const at = (time: string): Readonly<Record<string, string>> => ({ SILLAGE_NOW: time })
const ages = (project: TestProject) => ask(project, 'select id, age from orders', 'marts/p.duckdb')

interface Told {
  readonly run: { readonly as_of: string; readonly as_of_source: string; readonly time_zone: string }
}

async function runAt(project: TestProject, time: string, ...args: readonly string[]): Promise<Told['run']> {
  const ended = await project.run(['run', ...args, '--output', 'json'], at(time))
  expect(ended.exit, ended.out + ended.err).toBe(0)
  return (ended.json() as Told).run
}

function journals(project: TestProject): readonly Readonly<Record<string, unknown>>[] {
  const folder = join(project.folder, '.sillage/p/runs')
  return readdirSync(folder)
    .sort()
    .map((name) => JSON.parse(readFileSync(join(folder, name), 'utf8').split('\n')[0]!) as never)
}

const half = '2026-11-28T23:30:00Z'

describe('as_of: today', () => {
  it.each([
    ['as_of: today', '2026-11-28', 'today', 'UTC'],
    ['as_of: yesterday', '2026-11-27', 'yesterday', 'UTC'],
    ['as_of: today\ntime_zone: Europe/Paris', '2026-11-29', 'today', 'Europe/Paris'],
    ['as_of: today\nschedule: "0 6 * * * Europe/Paris"', '2026-11-29', 'today', 'Europe/Paris'],
    [
      'as_of: yesterday\nschedule: "0 6 * * * Europe/Paris"\ntime_zone: America/New_York',
      '2026-11-27',
      'yesterday',
      'America/New_York',
    ],
    [
      'params: { day: { type: date, default: today } }\nas_of: "${param:day}"\ntime_zone: Europe/Paris',
      '2026-11-29',
      'today',
      'Europe/Paris',
    ],
  ])('%s is asked once, in its time zone, and told', async (top, as_of, as_of_source, time_zone) => {
    using project = shop(top)
    expect(await runAt(project, half)).toMatchObject({ as_of, as_of_source, time_zone })
    expect(await ask(project, 'select as_of from sillage.runs', 'marts/p.duckdb')).toEqual([{ as_of }])
    expect(journals(project)).toMatchObject([{ event: 'run_started', as_of, as_of_source, time_zone }])
    const again = await project.run(['run'], at(half))
    expect(again.err).toContain(`as of ${as_of} (${as_of_source} in ${time_zone})`)
    expect((await project.run(['plan', '--output', 'json'], at(half))).json()).toMatchObject({
      as_of,
      time_zone,
    })
  })

  it('a new day runs the steps that read it, and only those; the mart is of that day', async () => {
    using project = shop('as_of: today')
    await runAt(project, '2026-11-28T02:00:00Z')
    expect(await ages(project)).toEqual([
      { id: 1, age: 8 },
      { id: 2, age: 0 },
    ])
    const next = '2026-11-29T02:00:00Z'
    const { steps } = (await project.run(['plan', '--output', 'json'], at(next))).json() as {
      readonly steps: readonly { readonly stage: string; readonly action: string }[]
    }
    expect(steps.map(({ stage, action }) => [stage, action])).toEqual([
      ['raw', 'reuse'],
      ['tidy', 'reuse'],
      ['known', 'run'],
      ['named', 'run'],
    ])
    await runAt(project, next)
    expect(await ages(project)).toEqual([
      { id: 1, age: 9 },
      { id: 2, age: 1 },
      { id: 3, age: 0 },
    ])
  })

  it('--as-of wins over the file and over the parameter behind it, and gives the same mart on any day', async () => {
    const tops = [
      'as_of: today',
      'as_of: yesterday',
      'as_of: 2020-01-01',
      'params: { as_of: { type: date, default: 2020-01-01 } }\nas_of: "${param:as_of}"',
      'params: { as_of: { type: date } }\nas_of: "${param:as_of}"',
    ]
    for (const top of tops) {
      using project = shop(top)
      const told = await runAt(project, '2026-12-24T02:00:00Z', '--as-of', '2026-11-28')
      expect(told).toMatchObject({ as_of: '2026-11-28', as_of_source: 'given' })
      expect(await ages(project)).toEqual([
        { id: 1, age: 8 },
        { id: 2, age: 0 },
      ])
      const later = await project.run(['run', '--as-of', '2026-11-28'], at('2027-01-01T00:00:00Z'))
      expect(later.err).toMatch(/= named .*unchanged/)
      const shown = await project.run(['plan', '--as-of', '2026-11-28', '--output', 'json'])
      expect(shown.json()).toMatchObject({
        as_of: '2026-11-28',
        steps: [{ action: 'reuse' }, {}, {}, { action: 'reuse' }],
      })
    }
  })

  it('the other days of a pipeline are counted from the day that is given', async () => {
    using project = new TestProject({
      'orders.csv': orders,
      'pipeline.yaml': `pipeline: p
params: { upto: { type: date, default: today }, as_of: { type: date, default: yesterday } }
as_of: "\${param:as_of}"
stages:
  raw: { uses: collect/csv, with: { path: orders.csv } }
  told: { uses: enrich/derive, from: raw, with: { columns: { upto: "'\${param:upto}'", param: "'\${param:as_of}'", day_of: "as_of" } } }
marts: { orders: { from: told } }
`,
    })
    const days = () => ask(project, 'select distinct upto, param, day_of from orders', 'marts/p.duckdb')
    await runAt(project, '2026-11-29T12:00:00Z')
    const clock = await days()
    expect(clock).toEqual([{ upto: '2026-11-29', param: '2026-11-28', day_of: '2026-11-28' }])
    await runAt(project, '2027-05-05T12:00:00Z', '--as-of', '2026-11-28')
    expect(await days()).toEqual(clock)
  })

  it('is not asked by validate, and a day or zone that there is not is refused', async () => {
    using project = shop('as_of: today')
    expect((await project.run(['validate'], at('nonsense'))).exit).toBe(0)
    expect((await project.run(['run', '--output', 'json'], at('nonsense'))).json()).toMatchObject({
      error: { code: 'clock_invalid' },
    })
    project.write('pipeline.yaml', pipeline('as_of: tomorrow\ntime_zone: Mars/Olympus\ncatch_up: twice'))
    const { diagnostics } = (await project.run(['validate', '--output', 'json'])).json() as {
      readonly diagnostics: readonly { readonly code: string; readonly line: number }[]
    }
    expect(diagnostics.map(({ code, line }) => [line, code])).toEqual([
      [2, 'as_of_invalid'],
      [3, 'time_zone_unknown'],
      [4, expect.any(String)],
    ])
    expect((await project.run(['run', '--as-of', '2026-02-30'])).exit).toBe(2)
  })

  it('a run that was killed is taken up with the new day, and says so', async () => {
    const slow = '  slow: { uses: enrich/slow, from: tidy, with: { rounds: 30000000000 } }\n'
    using project = new TestProject({
      'sillage.yaml': 'plugins: ["./plugins/*.ts"]\n',
      'plugins/slow.ts': slowWait,
      'orders.csv': orders,
      'pipeline.yaml': pipeline('as_of: today', slow),
    })
    const child = project.start(['run'], at('2026-11-28T23:59:00Z'))
    const ended = project.ended(child)
    let told = ''
    child.stderr!.on('data', (part: Buffer) => {
      told += part.toString()
    })
    await until(() => told.includes('tidy'), 40)
    child.kill('SIGKILL')
    await ended
    project.write('pipeline.yaml', pipeline('as_of: today'))
    const next = await project.run(['run'], at('2026-11-29T00:05:00Z'))
    expect(next.exit, next.err).toBe(0)
    expect(next.err).toMatch(
      /run \S+ as of 2026-11-28 ended before it was done; this one takes it up as of 2026-11-29/,
    )
    expect(next.err).toMatch(/= tidy .*unchanged/)
    expect(journals(project)[1]).toMatchObject({ as_of: '2026-11-29', takes_up: { as_of: '2026-11-28' } })
    expect(await ages(project)).toHaveLength(3)
  })

  it('explain shows the day of the rows, holds the rules to it, and refuses another', async () => {
    using project = shop('as_of: today')
    await runAt(project, '2026-11-29T02:00:00Z')
    const explain = (...more: readonly string[]) =>
      project.run(['explain', 'p', '--key', 'id=2', '--output', 'json', ...more], at('2026-12-24T00:00:00Z'))
    const shown = (await explain()).json() as {
      readonly as_of: string
      readonly stages: readonly { readonly stage: string; readonly rules: readonly object[] }[]
    }
    expect(shown.as_of).toBe('2026-11-29')
    expect(shown.stages.find(({ stage }) => stage === 'named')!.rules[0]).toMatchObject({
      name: 'recent',
      holds: 1,
      decided: 1,
    })
    expect((await explain('--as-of', '2026-11-29')).exit).toBe(0)
    const other = await explain('--as-of', '2026-12-24')
    expect(other.exit).toBe(1)
    expect(other.json()).toMatchObject({ error: { code: 'as_of_differs' } })
  })
})
