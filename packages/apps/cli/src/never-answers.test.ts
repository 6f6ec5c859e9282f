import { expect, it } from 'vitest'
import { failure, findings } from './testing/outcome.ts'
import { TestProject } from './testing/project.ts'

const head = (style: string) =>
  `import { ${style}, sql, t } from '@sillage/sdk'
const never = new Promise(() => {})
`
const source = `${head('defineSource')}
export default defineSource({ name: 'collect/own', summary: 'A test.', description: 'A test.', examples: [],
  config: t.object({}), scan: () => never })
`
const sink = `${head('defineSink')}
export default defineSink({ name: 'activate/own', summary: 'A test.', description: 'A test.', examples: [],
  config: t.object({}), payload: ({ input }) => sql\`select * from \${input} order by all\`, write: () => never })
`

/** A project with a plugin of its own and a pipeline that uses it. */
function project(plugin: string, stages: string): TestProject {
  return new TestProject({
    'sillage.yaml': 'plugins: ["./plugins/*.ts"]\n',
    'plugins/own.ts': plugin,
    'rows.csv': 'id\n1\n',
    'pipeline.yaml': `pipeline: p\nstages:\n${stages}marts: { m: { from: rows } }\n`,
  })
}

it.each(['validate', 'plan', 'run'])(
  'a source that promises its files and never gives them is named by %s, where Node would end as if all had gone well',
  async (command) => {
    using own = project(source, '  rows: { uses: collect/own }\n')
    const { exit, err, json } = await own.spawn([command, '--output', 'json'])
    expect(exit, err).not.toBe(0)
    expect(JSON.stringify(json())).toMatch(/plugin_never_answers.*plugin collect\/own waits for/)
    expect(err).not.toMatch(/\n\s+at /)
  },
)

it('a sink that never says whether it sent is a delivery that failed, and is tried again by the next run', async () => {
  const stages =
    '  rows: { uses: collect/csv, with: { path: rows.csv } }\n  out: { uses: activate/own, from: rows }\n'
  using own = project(sink, stages)
  const ended = await own.spawn(['run', '--output', 'json'])
  expect(failure(ended).code).toBe('delivery_failed')
  expect(JSON.stringify(ended.json())).toContain('waits for what will never come')
  own.write(
    'plugins/own.ts',
    sink.replace('() => never', "async ({ rows }) => ({ destination: 'here', rows: rows.length })"),
  )
  expect((await own.spawn(['run'])).exit).toBe(0)
})

it('a sink that never closes is named, and what it sent is not sent again', async () => {
  const stages =
    '  rows: { uses: collect/csv, with: { path: rows.csv } }\n  out: { uses: activate/own, from: rows }\n'
  const sent = "async ({ rows }) => ({ destination: 'here', rows: rows.length })"
  using own = project(sink.replace('write: () => never', `write: ${sent}, close: () => never`), stages)
  expect(failure(await own.spawn(['run', '--output', 'json'])).code).toBe('plugin_never_answers')
  own.write('plugins/own.ts', sink.replace('() => never', sent))
  const { json } = await own.spawn(['run', '--output', 'json'])
  expect(json()).toMatchObject({
    run: { status: 'succeeded', deliveries: [{ status: 'known', sent: 0, known: 1 }] },
  })
})

it('a plugin whose module never loads is named', async () => {
  using own = project(`${source}await never\n`, '  rows: { uses: collect/own }\n')
  const [found] = findings(await own.spawn(['validate', '--output', 'json']))
  expect(found).toMatchObject({
    code: 'plugin_broken',
    line: 3,
    message: expect.stringMatching(/plugins.own.ts does not load: it waits for what will never come/),
  })
})
