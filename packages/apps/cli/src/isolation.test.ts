import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { afterAll, describe, expect, it } from 'vitest'
import { failure, succeeded } from './testing/outcome.ts'
import { ownBatch } from './testing/own-plugin.ts'
import { TestProject } from './testing/project.ts'

const rows = 40_000
const head =
  'const lengths = () => make.integer([...batch.getChild(config.column)].map((text) => text.length));'

function projectWith(body: string): TestProject {
  return new TestProject({
    'sillage.yaml': 'plugins: ["./plugins/*.ts"]\n',
    'plugins/own.ts': ownBatch(`${head}${body}`),
    'a.csv': `id,b\n${Array.from({ length: rows }, (_, id) => `${id},${id === 20_000 ? 'odd' : 'x'}`).join('\n')}\n`,
    'pipeline.yaml': `pipeline: p
stages:
  raw: { uses: collect/csv, with: { path: a.csv } }
  kept: { uses: enrich/derive, from: raw, with: { columns: { c: "id + 1" } }, expect: [ { unique: [id] } ] }
  own: { uses: enrich/own, from: kept, with: { column: b } }
marts: { m: { from: own } }
`,
  })
}

const good = 'return make.batch({ len: lengths() })'
const odd = "const texts = [...batch.getChild(config.column)]; if (texts.includes('odd'))"
const run = ['run', '--threads', '1', '--memory', '300MB', '--output', 'json']

describe('a plugin that misbehaves fails its step with its name and its rows, and nothing else:', () => {
  const ways = {
    throws: [`${odd} throw new Error('oh no');${good}`, 'plugin_failed'],
    'loops for ever': [`${odd} for (;;);${good}`, 'plugin_timeout'],
    'leaks its memory away': [
      `${odd} { let kept; for (let at = 0; ; at += 1) kept = { before: kept, text: String(at) } }${good}`,
      'plugin_out_of_memory',
    ],
    'leaves its worker': [`${odd} process.exit(0);${good}`, 'plugin_crashed'],
    'returns another column': [`${odd} return make.batch({ other: lengths() });${good}`, 'plugin_output'],
    'returns another type': [`${odd} return make.batch({ len: make.text(texts) });${good}`, 'plugin_output'],
    'loses a row': [
      `${odd} return make.batch({ len: make.integer(texts.slice(1).map(() => 1)) });${good}`,
      'plugin_output',
    ],
    'returns nothing': [`${odd} return;${good}`, 'plugin_output'],
  } as const
  it.each(Object.entries(ways).map(([way, [body, code]]) => ({ way, body, code })))(
    '$way',
    async ({ body, code }) => {
      using project = projectWith(body)
      // What is no matter of time may take any: on a busy machine a leak fills its memory slowly.
      const limit = code === 'plugin_timeout' ? '4s' : '10m'
      const env = { SILLAGE_BATCH_TIMEOUT: limit }
      const isRisky = code === 'plugin_out_of_memory'
      const error = failure(await (isRisky ? project.spawn(run, env) : project.run(run, env)))
      expect(error).toMatchObject({ code, stage: 'own' })
      expect(error.message).toContain('plugin enrich/own')
      expect(error.message).toContain('rows 16,384–32,767')
      project.write('plugins/own.ts', ownBatch(head + good))
      const { steps } = succeeded(await project.run(run))
      expect(steps.map(({ stage, action }) => [stage, action])).toEqual([
        ['raw', 'reuse'],
        ['kept', 'reuse'],
        ['own', 'resume'],
      ])
    },
  )

  it('asks for more in one piece than V8 has: should the process die of it, the next run says so and goes on', async () => {
    using project = projectWith(`${odd} new Array(300_000_000).fill(0.5);${good}`)
    const ended = await project.spawn(run)
    expect(ended.exit).not.toBe(0)
    project.write('plugins/own.ts', ownBatch(head + good))
    succeeded(await project.run(run))
    const folder = join(project.folder, '.sillage/p/runs')
    const [first] = readdirSync(folder).sort()
    const last = readFileSync(join(folder, first!), 'utf8').trim().split('\n').at(-1)!
    expect(JSON.parse(last)).toMatchObject({ event: 'run_finished', error: { stage: 'own' } })
  })
})

describe('a failure that declares itself retryable', () => {
  const failing = (times: number, declared: string): string =>
    `const { existsSync, readFileSync, writeFileSync } = require('node:fs')
     const file = process.cwd() + '/tries'
     const tries = existsSync(file) ? Number(readFileSync(file, 'utf8')) : 0
     if (texts.includes('odd')) { writeFileSync(file, String(tries + 1)); if (tries < ${times}) throw ${declared} }`
  const body = (times: number, declared: string): string =>
    `const texts = [...batch.getChild(config.column)]; const require = process.getBuiltinModule('node:module').createRequire(process.cwd() + '/x'); ${failing(times, declared)}; ${good}`
  const transient = "Object.assign(new Error('busy'), { retryable: true })"
  const projects: TestProject[] = []
  afterAll(() => {
    for (const project of projects) project[Symbol.dispose]()
  })
  const make = (text: string): TestProject => {
    const project = projectWith(text)
    projects.push(project)
    return project
  }
  const tries = (project: TestProject): number => Number(readFileSync(join(project.folder, 'tries'), 'utf8'))

  it('is tried again with the same batch', async () => {
    const project = make(body(2, transient))
    succeeded(await project.run(run))
    expect(tries(project)).toBe(3)
  })

  it('is given up after five attempts', async () => {
    const project = make(body(99, transient))
    expect(failure(await project.run(run)).code).toBe('plugin_failed')
    expect(tries(project)).toBe(5)
  })

  it('and one that does not is never tried again', async () => {
    const project = make(body(99, "new Error('wrong')"))
    expect(failure(await project.run(run)).code).toBe('plugin_failed')
    expect(tries(project)).toBe(1)
  })

  it('is tried again in a source too', async () => {
    const project = new TestProject({
      'sillage.yaml': 'plugins: ["./plugins/*.ts"]\n',
      'plugins/own.ts': `import { defineSource, sourceFailed, t } from '@sillage/sdk'
let tries = 0
export default defineSource({ name: 'collect/own', summary: 'A test.', description: 'A test.', examples: [],
  config: t.object({ path: t.path() }),
  scan: async ({ config, context, sql }) => {
    tries += 1
    if (tries < 3) throw sourceFailed({ code: 'not_there', message: 'not there yet', hint: 'wait', retryable: true })
    return { files: await context.files(config.path), select: () => sql\`select \${tries} as tries\` }
  } })
`,
      'a.csv': 'id\n1\n',
      'pipeline.yaml':
        'pipeline: p\nstages:\n  raw: { uses: collect/own, with: { path: a.csv } }\nmarts: { m: { from: raw } }\n',
    })
    projects.push(project)
    succeeded(await project.run(['run', '--output', 'json']))
    const asked = await project.run(['query', 'marts/p.duckdb', 'from m', '--output', 'json'])
    expect(asked.json()).toMatchObject({ rows: [{ tries: 3 }] })
  })
})
