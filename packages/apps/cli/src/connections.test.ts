import { renameSync } from 'node:fs'
import { createServer, type IncomingMessage } from 'node:http'
import type { AddressInfo } from 'node:net'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { TestProject } from './testing/project.ts'

const head = 'pipeline: p\nas_of: 2026-01-01\n'
const csv = '  a: { uses: collect/csv, with: { path: f.csv } }\n'

/** Places and codes of the errors that `validate` finds. */
async function found(project: string, pipeline: string, more: Readonly<Record<string, string>> = {}) {
  using own = new TestProject({
    'f.csv': 'id\n1\n',
    'sillage.yaml': `pipelines: ["*.yaml"]\n${project}`,
    'pipeline.yaml': head + pipeline,
    ...more,
  })
  const { err, out } = await own.run(['validate', 'pipeline.yaml'])
  return [...(out + err).matchAll(/([\w.]+:\d+:\d+) error .*\[(\w+)\]/g)].map(
    ([, place, code]) => `${place} ${code}`,
  )
}

describe('a connection', () => {
  it('that is not declared, is of another type, or is not wanted, is told where the stage names it', async () => {
    const project = 'connections:\n  crm: { type: http, address: "https://x.example" }\n'
    const stage = (rest: string): string =>
      `stages:\n${csv}  w: { uses: activate/webhook, from: a, ${rest}, with: { url: /leads } }\n`
    expect(await found(project, stage('connection: crn'))).toEqual(['pipeline.yaml:5:53 connection_unknown'])
    const csvOverHttp = 'stages:\n  a: { uses: collect/csv, connection: crm, with: { path: f.csv } }\n'
    expect(await found(project, csvOverHttp)).toEqual(['pipeline.yaml:4:39 connection_type_wrong'])
    const unwanted = `stages:\n${csv}  b: { uses: enrich/derive, from: a, connection: crm, with: { columns: { x: id } } }\n`
    expect(await found(project, unwanted)).toEqual(['pipeline.yaml:5:38 connection_unwanted'])
    expect(await found(project, stage('tags: [x]'))).toEqual(['pipeline.yaml:5:65 address_relative'])
    expect(await found(project, stage('connection: crm'))).toEqual([])
  })

  it('that is declared wrongly is told where it is declared', async () => {
    const stages = `stages:\n${csv}  w: { uses: activate/webhook, from: a, connection: crm, with: { url: /leads } }\n`
    const crm = (text: string): Promise<readonly string[]> =>
      found(`connections:\n  crm: { ${text} }\n`, stages)
    expect(await crm('type: htp, address: "https://x.example"')).toEqual([
      'sillage.yaml:3:16 connection_type_unknown',
    ])
    expect(await crm('type: http, adress: "https://x.example"')).toEqual([
      'sillage.yaml:3:3 key_missing',
      'sillage.yaml:3:22 key_unknown',
    ])
    expect(await crm('type: http, address: "https://x.example", token: s3cret')).toEqual([
      'sillage.yaml:3:59 value_invalid',
    ])
    expect(await crm('type: http, address: "https://${env:NOT_SET}"')).toContain(
      'sillage.yaml:3:31 env_missing',
    )
    expect(await found('', `connections:\n  crm: { type: htp }\n${stages}`)).toEqual([
      'pipeline.yaml:4:16 connection_type_unknown',
    ])
  })

  it('that a plugin must have is missed at the stage; so is a secret that files are looked at with', async () => {
    const till = `import { defineSource, t } from '@sillage/sdk'
export default defineSource({
  name: 'collect/till', summary: 'x.', config: t.object({}), examples: [], connection: ['http'], needsConnection: true,
  columns: () => [{ name: 'id', type: 'VARCHAR' }],
  read: async function* () {},
})
`
    const plugins = 'plugins: ["./till.ts"]\n'
    expect(await found(plugins, 'stages:\n  a: { uses: collect/till }\n', { 'till.ts': till })).toEqual([
      'pipeline.yaml:4:3 connection_missing',
    ])
    const folder = 'connections: { data: { type: folder, folder: "${secret:x}" } }\n'
    const stages = 'stages:\n  a: { uses: collect/csv, connection: data, with: { path: f.csv } }\n'
    expect(await found(folder, stages)).toEqual(['pipeline.yaml:4:39 secret_missing'])
  })

  it('of an environment wins over one of the pipeline, and that over one of the project', async () => {
    const folder = (name: string): string => `connections: { data: { type: folder, folder: ${name} } }`
    const rows = async (pipeline: string, ...more: readonly string[]) => {
      using project = new TestProject({
        'one/f.csv': 'id\n1\n',
        'two/f.csv': 'id\n1\n2\n',
        'three/f.csv': 'id\n1\n2\n3\n',
        'sillage.yaml': `pipelines: ["*.yaml"]\n${folder('one')}\nenvironments: { prod: { send: true, ${folder('three')} } }\n`,
        'pipeline.yaml': `${head}${pipeline}stages:\n  a: { uses: collect/csv, connection: data, with: { path: f.csv } }\nmarts: { m: { from: a } }\n`,
      })
      const run = await project.run(['run', 'pipeline.yaml', '--output', 'json', ...more])
      expect(run.exit, run.err).toBe(0)
      return (run.json() as { run: { steps: { rows_out: number }[] } }).run.steps[0]!.rows_out
    }
    expect(await rows('')).toBe(1)
    expect(await rows(`${folder('two')}\n`)).toBe(2)
    expect(await rows(`${folder('two')}\n`, '--env', 'prod')).toBe(3)
  })

  it('of files gives and takes them in its folder, and where they are is all that it says of them', async () => {
    const connections = (folder: string): string =>
      `pipelines: ["*.yaml"]\nconnections: { in: { type: folder, folder: ${folder} }, out: { type: folder, folder: sent } }\n`
    using project = new TestProject({
      'in/f.csv': 'id\n1\n',
      'sillage.yaml': connections('in'),
      'pipeline.yaml': `${head}stages:
  a: { uses: collect/csv, connection: in, with: { path: "*.csv" } }
  o: { uses: activate/file, from: a, connection: out, with: { path: calls/x.csv } }
`,
    })
    const first = await project.run(['run', 'pipeline.yaml'])
    expect(first.exit, first.err).toBe(0)
    expect(project.files('sent/calls')).toEqual(['id\n1\n'])
    renameSync(join(project.folder, 'in'), join(project.folder, 'moved'))
    project.write('sillage.yaml', connections('moved'))
    const plan = await project.run(['plan', 'pipeline.yaml', '--output', 'json'])
    expect(plan.out).toContain('"f.csv is moved/f.csv now, was in/f.csv"')
    expect(plan.out).not.toContain('connection changed')
  })
})

const vault = {
  'vault.ts': `import { defineConnection, t } from '@sillage/sdk'
export default defineConnection({
  name: 'vault', summary: 'A vault of files.', config: t.object({ token: t.secret() }), identity: () => undefined,
  open: ({ config: { token } }) => ({ token, fetch: () => 'id\\n1\\n2\\n' }),
  test: () => 'it is open',
})
`,
  'from-vault.ts': `import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { defineSource, t } from '@sillage/sdk'
export default defineSource({
  name: 'collect/from-vault', summary: 'x.', config: t.object({ tells: t.optional(t.text()) }), examples: [],
  connection: ['vault'], needsConnection: true,
  scan: async ({ connection, config, context, sql }) => {
    if (config.tells === 'an error') throw new Error('no ' + connection.token)
    const file = join(context.scratch, 'vault.csv')
    writeFileSync(file, connection.fetch())
    const where = config.tells === 'a statement' ? sql\`where \${connection.token} <> ''\` : sql.empty
    return { files: [file], select: () => sql\`select * from read_csv(\${file}) \${where}\` }
  },
})
`,
}

describe('a secret of files', () => {
  const open = (tells = ''): TestProject =>
    new TestProject({
      ...vault,
      'f.csv': 'id\n1\n',
      'sillage.yaml': `plugins: ["./*.ts"]\npipelines: ["*.yaml"]\nconnections: { v: { type: vault, token: "\${secret:vault}" } }\n`,
      'pipeline.yaml': `${head}stages:\n  a: { uses: collect/from-vault, connection: v, with: {${tells}} }\nmarts: { m: { from: a } }\n`,
      'other.yaml': `pipeline: other\nas_of: 2026-01-01\nstages:\n${csv}marts: { m: { from: a } }\n`,
    })
  const hidden = 's3cret-of-the-vault'
  const env = { SILLAGE_SECRET_VAULT: hidden }

  it('is missed at the stage whose scan opens its connection, and nowhere else', async () => {
    using project = open()
    const missed = await project.run(['validate', 'pipeline.yaml'])
    expect([missed.exit, missed.out + missed.err]).toEqual([
      78,
      expect.stringMatching(/pipeline.yaml:4:46 error .*"vault".*\[secret_missing\]/),
    ])
    expect(missed.out + missed.err).toContain('SILLAGE_SECRET_VAULT')
    expect((await project.run(['validate', 'other.yaml'])).exit).toBe(0)
  })

  it('opens them, and is kept nowhere', async () => {
    using project = open()
    const plan = await project.run(['plan', 'pipeline.yaml', '--output', 'json'], env)
    const run = await project.run(['run', 'pipeline.yaml', '--output', 'json'], env)
    expect(run.exit, run.err).toBe(0)
    const { steps } = (run.json() as { run: { steps: { rows_out: number }[] } }).run
    expect(steps.map(({ rows_out }) => rows_out)).toEqual([2])
    const kept = [...project.files('.sillage'), ...project.files('state'), ...project.files('marts')]
    for (const text of [plan.out, plan.err, run.out, run.err, ...kept]) expect(text).not.toContain(hidden)
  })

  it.each(['a statement', 'an error'])('does not go into %s', async (where) => {
    using project = open(` tells: ${where} `)
    const planned = await project.run(['plan', 'pipeline.yaml'], env)
    expect(planned.exit).toBe(78)
    expect(planned.out + planned.err).not.toContain(hidden)
    if (where === 'a statement') expect(planned.err).toContain('[secret_in_plan]')
    for (const text of project.files('.sillage')) expect(text).not.toContain(hidden)
  })
})

interface Asked {
  readonly method: string
  readonly path: string
  readonly token: string | undefined
}

/** A server with two orders, which takes messages, for those who have its token. */
class Till implements Disposable {
  readonly asked: Asked[] = []
  status = 200
  readonly #server = createServer((request: IncomingMessage, response) => {
    request.resume()
    this.asked.push({
      method: request.method!,
      path: request.url!,
      token: request.headers.authorization,
    })
    response.statusCode = this.status
    response.end(request.method === 'GET' ? '[{"id": 1}, {"id": 2}]' : '')
  })

  static async open(): Promise<Till> {
    const till = new Till()
    await new Promise<void>((ready) => till.#server.listen(0, '127.0.0.1', ready))
    return till
  }

  get address(): string {
    return `http://127.0.0.1:${(this.#server.address() as AddressInfo).port}/v1`
  }

  [Symbol.dispose](): void {
    this.#server.close()
  }
}

const secret = 's3cret-of-the-till'
const stages = `${head}stages:
  orders: { uses: collect/http, connection: till, with: { url: /orders, columns: { id: id } } }
  sent: { uses: activate/webhook, from: orders, connection: till, with: { url: /leads, attempts: 1 } }
marts: { m: { from: orders } }
`

function tillProject(options: string): TestProject {
  return new TestProject({
    'sillage.yaml': `pipelines: ["*.yaml"]\nconnections: { till: { type: http, ${options} } }\n`,
    'pipeline.yaml': stages,
  })
}

describe('a connection of HTTP', () => {
  it('gives source and sink its address and its token, and the secret is kept nowhere', async () => {
    using till = await Till.open()
    using project = tillProject(
      `address: "${till.address}", token: "\${secret:till}", requests_per_second: 1000`,
    )
    const env = { SILLAGE_SECRET_TILL: secret }
    const run = await project.run(['run', 'pipeline.yaml', '--output', 'json'], env)
    expect(run.exit, run.err).toBe(0)
    const token = `Bearer ${secret}`
    expect(till.asked).toEqual([
      { method: 'GET', path: '/v1/orders', token },
      { method: 'POST', path: '/v1/leads', token },
    ])
    const kept = [...project.files('.sillage'), ...project.files('state'), ...project.files('marts')]
    for (const text of [run.out, run.err, ...kept]) expect(text).not.toContain(secret)
    till.status = 401
    const refused = await project.run(['run', 'pipeline.yaml', '--full-refresh'], env)
    expect(refused.exit).toBe(1)
    expect(refused.err).toContain('/v1/orders answered 401')
    expect(refused.err).not.toContain(secret)
  })

  it('a secret that is missing is told before anything runs', async () => {
    using till = await Till.open()
    using project = tillProject(`address: "${till.address}", token: "\${secret:till}"`)
    const run = await project.run(['run', 'pipeline.yaml'])
    expect([run.exit, till.asked]).toEqual([78, []])
    expect(run.err).toContain('[secret_missing]')
  })

  it('another pace or secret reads nothing anew; another address does, and all rows are due there', async () => {
    using till = await Till.open()
    using other = await Till.open()
    using project = tillProject(`address: "${till.address}", token: "\${secret:till}"`)
    const env = { SILLAGE_SECRET_TILL: secret, SILLAGE_SECRET_OTHER: secret }
    const again = async (options: string): Promise<readonly string[]> => {
      project.write(
        'sillage.yaml',
        `pipelines: ["*.yaml"]\nconnections: { till: { type: http, ${options} } }\n`,
      )
      const run = await project.run(['run', 'pipeline.yaml'], env)
      expect(run.exit, run.err).toBe(0)
      return [...till.asked.splice(0), ...other.asked.splice(0)].map(({ method }) => method)
    }
    expect(await again(`address: "${till.address}", token: "\${secret:till}"`)).toEqual(['GET', 'POST'])
    expect(await again(`address: "${till.address}", token: "\${secret:other}", concurrent: 2`)).toEqual([
      'GET',
    ])
    expect(await again(`address: "${other.address}", token: "\${secret:till}"`)).toEqual(['GET', 'POST'])
  })
})

describe('sillage connections', () => {
  it('lists those of the project, of the environment and of pipelines', async () => {
    using project = tillProject('address: "https://x.example"')
    project.write(
      'other.yaml',
      `pipeline: other\nas_of: 2026-01-01\nconnections: { own: { type: folder, folder: . } }\nstages:\n${csv}`,
    )
    const listed = await project.run(['connections', '--output', 'json'])
    expect(listed.json()).toEqual({
      connections: [
        { name: 'till', type: 'http', from: 'sillage.yaml', diagnostics: [] },
        { name: 'own', type: 'folder', from: 'other', diagnostics: [] },
      ],
    })
    project.write('torn.yaml', 'pipeline: torn\nconnections: {\n')
    const beside = await project.run(['connections', '--output', 'json'])
    expect(beside.json()).toEqual(listed.json())
    expect([beside.exit, beside.err]).toEqual([0, expect.stringContaining('torn.yaml:')])
    const test = await project.run(['connections', 'test'])
    expect([test.exit, test.err]).toEqual([78, expect.stringContaining('torn.yaml:')])
  })

  it('test tells of each whether it answers, exits 1 where one does not, and prints no secret', async () => {
    using till = await Till.open()
    using project = tillProject(`address: "${till.address}", token: "\${secret:till}", test: /me?all=1`)
    const env = { SILLAGE_SECRET_TILL: secret }
    const well = await project.run(['connections', 'test'], env)
    expect([well.exit, well.out]).toEqual([0, 'ok till (http): it answered 200\n'])
    expect(till.asked).toEqual([{ method: 'GET', path: '/v1/me?all=1', token: `Bearer ${secret}` }])
    till.status = 403
    const refused = await project.run(['connections', 'test', 'till', '--output', 'json'], env)
    expect(refused.exit).toBe(1)
    expect(refused.json()).toMatchObject({
      connections: [
        { name: 'till', ok: false, code: 'connection_failed', hint: 'check the secret, and what it may do' },
      ],
    })
    expect(refused.out + refused.err).not.toContain(secret)
    const unknown = await project.run(['connections', 'test', 'tll'], env)
    expect([unknown.exit, unknown.err]).toEqual([2, expect.stringContaining('till')])
    project.write('sillage.yaml', 'connections: { till: { type: htp } }\n')
    const wrong = await project.run(['connections', 'test'])
    expect([wrong.exit, wrong.err]).toEqual([78, expect.stringContaining('sillage.yaml:1:30')])
  })
})
