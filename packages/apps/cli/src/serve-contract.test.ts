import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import {
  assertContract,
  assertProblem,
  type Operation,
  operationsOf,
  type Parameter,
  takes,
} from './testing/contract.ts'
import { TestProject } from './testing/project.ts'
import { type RawAnswer, Served } from './testing/served.ts'
import { shopOrders, shopPipeline } from './testing/shop.ts'

const token = 'a-token-that-may-operate'
const secret = 'a-secret-of-the-surroundings'

/** What a parameter may be, where its schema alone does not say. */
const valid: Readonly<Record<string, string>> = {
  name: 'shop',
  table: 'customers',
  columns: 'customer_id,segment',
  filter: "segment = 'big'",
  order: '-amount',
  stage: 'lines',
  pipeline: 'shop',
  queue: 'true',
  'last-event-id': '2',
}

/** What no parameter is. */
const hostile = [
  '../../../../etc/passwd',
  '..\\..\\windows\\win.ini',
  '/etc/passwd',
  '\0',
  'shop\0.yaml',
  "shop' or '1'='1",
  "'; drop table customers; --",
  "segment = (select read_text('/etc/passwd'))",
  '__proto__',
  'constructor.prototype',
  '{"$ne":1}',
  '${env:HOME}',
  '$(id)',
  '`id`',
  '<script>alert(1)</script>',
  '%',
  '%2e%2e%2f',
  'é́𝒳‮😀',
  '\r\nset-cookie: a=b',
  '-1',
  '1e309',
  'NaN',
  '99999999999999999999',
  ' ',
  '\ud800',
  'x'.repeat(10_000),
]

/** Parts of an address that are no text at all. */
const broken = ['%', '%zz', '%E0%A4%A', '%C0%AF', '%FF', '..', '.', '%2e%2e', '%00']

describe('every route keeps to /openapi.json', () => {
  const project = new TestProject({
    'orders.csv': shopOrders,
    'pipeline.yaml': shopPipeline(),
    'never.yaml': shopPipeline().replace('pipeline: shop', 'pipeline: never'),
    token,
  })
  let server: Served
  let operations: readonly Operation[]
  let run: string

  const encoded = (text: string): string => {
    try {
      return encodeURIComponent(text)
    } catch {
      return '%ED%A0%80'
    }
  }
  const ask = (
    operation: Operation,
    path: string,
    extra: { readonly headers?: object; readonly body?: string; readonly method?: string } = {},
  ) =>
    server.raw(
      path,
      {
        authorization: `Bearer ${token}`,
        ...(extra.body === undefined ? {} : { 'content-type': 'application/json' }),
        ...(extra.headers as Record<string, string>),
      },
      { method: extra.method ?? operation.method, ...(extra.body === undefined ? {} : { body: extra.body }) },
    )
  const held = (operation: Operation, answer: RawAnswer, what: string): void =>
    assertContract(operation, answer, { what, secrets: [token, secret, project.folder] })
  const validOf = ({ name, schema }: Parameter): string => {
    if (name === 'id' || name === 'before') return run
    const known = valid[name] ?? schema.enum?.[0] ?? schema.default
    expect(known, `a valid value of ${name}`).toBeDefined()
    return String(known)
  }
  /** The address of a route with its path filled in, but for what is replaced. */
  const address = (
    { path, parameters }: Operation,
    replaced: Readonly<Record<string, string>> = {},
  ): string =>
    parameters
      .filter((parameter) => parameter.in === 'path')
      .reduce(
        (rest, parameter) =>
          rest.replace(`{${parameter.name}}`, replaced[parameter.name] ?? encoded(validOf(parameter))),
        path,
      )
  const queryOf = ({ parameters }: Operation) => parameters.filter((parameter) => parameter.in === 'query')

  beforeAll(async () => {
    expect((await project.run(['run', 'shop'])).exit).toBe(0)
    project.write('orders.csv', shopOrders.replace('500.00', '50.00'))
    expect((await project.run(['run', 'shop'])).exit).toBe(0)
    server = await Served.start(project, {
      args: ['--token-file', 'token'],
      env: { SILLAGE_SECRET_API: secret },
    })
    server.token = token
    operations = operationsOf(((await server.ask('/openapi.json')).json() as { paths: never }).paths)
    expect(operations.length).toBeGreaterThan(15)
    run = ((await server.ask('/api/v1/runs')).json() as { runs: readonly [{ run: string }] }).runs[0].run
  })
  it('names each operation, says problems as they are sent, and which bodies are not needed', async () => {
    const { paths } = (await server.ask('/openapi.json')).json() as {
      readonly paths: Readonly<Record<string, Readonly<Record<string, Readonly<Record<string, never>>>>>>
    }
    const all = Object.entries(paths).flatMap(([path, item]) =>
      Object.entries(item).map(([method, operation]) => ({ path, method, operation }) as never),
    ) as readonly {
      readonly path: string
      readonly method: string
      readonly operation: {
        readonly operationId: string
        readonly requestBody?: { readonly required: boolean }
        readonly responses: Readonly<
          Record<string, { readonly content?: Readonly<Record<string, { readonly schema: object }>> }>
        >
      }
    }[]
    const ids = all.map(({ operation }) => operation.operationId)
    expect(ids.every((id) => /^[a-z][A-Za-z0-9]+$/.test(id))).toBe(true)
    expect(new Set(ids).size).toBe(ids.length)
    for (const { path, operation } of all)
      for (const [status, { content = {} }] of Object.entries(operation.responses))
        if (Number(status) >= 400) expect(Object.keys(content), path).toEqual(['application/problem+json'])
    const rows = all.find(({ path }) => path.endsWith('/marts/{table}'))!.operation.responses['200']!.content!
    expect(Object.keys(rows).sort()).toEqual([
      'application/json',
      'application/vnd.apache.arrow.stream',
      'text/csv',
    ])
    expect(rows['application/json']!.schema).toMatchObject({ type: 'object', required: ['rows'] })
    const start = all.find(({ path, method }) => path.endsWith('/runs') && method === 'post')!.operation
    expect(start.requestBody!.required).toBe(false)
  })

  afterAll(async () => {
    expect((await server.ask('/healthz')).status).toBe(200)
    await server.stop()
    project[Symbol.dispose]()
  })

  it('valid requests are answered as declared, with each parameter and without any', async () => {
    for (const operation of operations) {
      if (operation.path.endsWith('/report') || operation.path.endsWith('/runs/{id}/cancel')) continue
      const plain = address(operation)
      const answers = [[plain, await ask(operation, plain)] as const]
      for (const parameter of queryOf(operation)) {
        if (parameter.name === 'queue') continue
        const path = `${plain}?${parameter.name}=${encoded(validOf(parameter))}`
        answers.push([path, await ask(operation, path)])
      }
      for (const [path, answer] of answers) {
        expect(answer.status, `${operation.method} ${path} ${answer.text}`).toBeLessThan(300)
        held(operation, answer, path)
      }
      if (operation.method === 'POST')
        await server.events(`/api/v1/runs/${(JSON.parse(answers[0]![1].text) as { job: string }).job}/events`)
    }
  })

  it('a pipeline that never ran, and one that is not there, are said on each route', async () => {
    for (const name of ['never', 'nowhere'])
      for (const operation of operations.filter(
        ({ path, method }) => path.includes('{name}') && method === 'GET',
      )) {
        const path = address(operation, { name })
        const answer = await ask(operation, path)
        held(operation, answer, path)
        if (name === 'nowhere') expect(assertProblem(answer)).toBe('pipeline_unknown')
        else if (operation.path !== '/api/v1/pipelines/{name}' && !operation.path.endsWith('/report'))
          expect(assertProblem(answer)).toBe('mart_missing')
      }
  })

  it('hostile parts of a path are refused', async () => {
    for (const operation of operations)
      for (const parameter of operation.parameters.filter((one) => one.in === 'path'))
        for (const value of [...hostile.map(encoded), ...broken]) {
          const path = address(operation, { [parameter.name]: value })
          const answer = await ask(operation, path)
          expect([400, 404, 414, 431], `${operation.method} ${path} ${answer.text}`).toContain(answer.status)
          assertProblem(answer)
        }
  })

  it('hostile and wrong parameters are refused, or harmless where they are taken as a text', async () => {
    for (const operation of operations.filter(({ method }) => method === 'GET'))
      for (const parameter of queryOf(operation))
        for (const value of [...hostile, 'null', '[]', 'true', '0x10']) {
          const path = `${address(operation)}?${parameter.name}=${encoded(value)}`
          const answer = await ask(operation, path)
          held(operation, answer, path)
          if (!takes(parameter, value))
            expect(answer.status, `${path} ${answer.text}`).toBeGreaterThanOrEqual(400)
        }
  })

  it('parameters that are no parameters, or there twice, are refused or left alone', async () => {
    for (const operation of operations.filter(
      ({ method, path }) => method === 'GET' && !path.endsWith('/report'),
    ))
      for (const query of [
        '__proto__=1',
        '__proto__[x]=1',
        'constructor[prototype][x]=1',
        'limit=1&limit=2',
        'nothing=1',
        '%00=1',
        '%',
        '&&&=',
        'a'.repeat(5000),
      ]) {
        const path = `${address(operation)}?${query}`
        held(operation, await ask(operation, path), path)
      }
  })

  it('HEAD is answered wherever GET is, with its headers and no body', async () => {
    const paths = operations
      .filter(({ method }) => method === 'GET')
      .flatMap((operation) => [address(operation), address(operation, { name: 'nowhere', id: 'nowhere' })])
    const more = ['/', '/openapi', '/openapi.json', '/openapi.css', '/nothing', '/api/v1/runs?limit=x']
    for (const path of [...new Set([...paths, ...more])]) {
      const headers = { authorization: `Bearer ${token}` }
      const got = await server.raw(path, headers)
      const head = await server.raw(path, headers, { method: 'HEAD' })
      expect([path, head.status, head.text]).toEqual([path, got.status, ''])
      const steady = (answer: RawAnswer): object =>
        Object.fromEntries(
          Object.entries(answer.headers).filter(
            ([name]) => !/^(date|x-ratelimit-.*|transfer-encoding|connection|keep-alive)$/.test(name),
          ),
        )
      const told = path === '/metrics' ? { 'content-length': expect.any(String) } : {}
      expect({ path, ...steady(head) }).toEqual({ path, ...steady(got), ...told })
    }
    const { pathname } = new URL((await server.ask('/')).text.match(/src="([^"]+)"/)![1]!, 'http://localhost')
    expect((await server.raw(pathname, {}, { method: 'HEAD' })).status).toBe(200)
    expect((await server.ask('/metrics')).text).toContain('sillage_event_streams 0')
  })

  it('other methods are refused on each path', async () => {
    for (const path of new Set(operations.map((operation) => operation.path))) {
      const known = operations.filter((operation) => operation.path === path)
      const [first] = known
      for (const method of ['GET', 'POST', 'PUT', 'PATCH', 'DELETE', 'TRACE', 'PROPFIND'].filter((one) =>
        known.every((operation) => operation.method !== one),
      )) {
        const answer = await ask(first!, address(first!), { method })
        expect(answer.status, `${method} ${path} ${answer.text}`).toBe(405)
        expect(assertProblem(answer)).toBe('method_refused')
        const methods = known.map((one) => one.method)
        const allowed = [...methods, ...(methods.includes('GET') ? ['HEAD'] : [])]
        expect(answer.headers.allow?.split(', ').sort()).toEqual(allowed.sort())
      }
    }
    for (const path of ['/', '/api/v1/nothing', '/openapi.json/x', '/api/v1/runs/a/b/c']) {
      const answer = await server.raw(path, {}, { method: path === '/' ? 'DELETE' : 'GET' })
      expect(answer.status, path).toBe(path === '/' ? 405 : 404)
    }
  })

  it('bodies that are none, too large, too deep or of another kind are refused', async () => {
    const deep = `${'{"a":'.repeat(10_000)}1${'}'.repeat(10_000)}`
    const bodies: readonly (readonly [body: string, type?: string])[] = [
      ['{'],
      ['{"params":'],
      ['nul'],
      ['"text"'],
      ['[]'],
      ['1'],
      [deep],
      [`{"params":${deep}}`.slice(0, 60_000)],
      [`{"params":{"a":${'['.repeat(20_000)}${']'.repeat(20_000)}}}`],
      [`{"params":{"a":"${'x'.repeat(100_000)}"}}`],
      ['{"__proto__":{"dry_run":true}}'],
      ['{"constructor":{"prototype":{"dry_run":true}}}'],
      ['{"params":{"__proto__":1}}'],
      ['{"params":{"as_of":null}}'],
      ['{"params":{"as of":1}}'],
      [`{"params":{${Array.from({ length: 200 }, (_, index) => `"p${index}":1`).join(',')}}}`],
      ['{"select":["../../etc/passwd"]}'],
      ['{"select":["lines; rm -rf /"]}'],
      ['{"select":"lines"}'],
      ['{"dry_run":"yes please"}'],
      ['{"dry_run":1e999}'],
      ['{"unknown":1}'],
      ['\0'],
      ['dry_run=true', 'application/x-www-form-urlencoded'],
      ['<run/>', 'application/xml'],
      ['{}', 'text/plain'],
      ['{}', 'application/json-patch+json'],
      ['{}', 'multipart/form-data; boundary=x'],
      ['{}', '\u00e9'],
    ]
    const start = operations.find(({ path, method }) => path.endsWith('/runs') && method === 'POST')!
    for (const [body, type] of bodies) {
      const answer = await ask(start, address(start), {
        body,
        headers: type === undefined ? {} : { 'content-type': type },
      })
      const what = `${body.slice(0, 60)} ${type ?? ''}`
      expect([400, 413, 415], `${what} ${answer.text}`).toContain(answer.status)
      held(start, answer, what)
    }
    const { runs } = (await server.ask('/api/v1/runs?status=running')).json() as { runs: readonly object[] }
    expect(runs).toEqual([])
  })

  it('the page is whole, asks nobody else, and runs under a strict policy', async () => {
    const page = await server.ask('/')
    expect(page.headers.get('cache-control')).toBe('no-cache')
    const policy = page.headers.get('content-security-policy')!
    expect(policy).toContain("default-src 'none'")
    expect(policy).not.toContain('unsafe')
    expect(page.text).not.toMatch(/<style|style=|<script>|\son\w+=|https?:/)
    const files = [...page.text.matchAll(/(?:src|href)="(\/assets\/[^"]+)"/g)].map(([, file]) => file!)
    expect(files).toHaveLength(3)
    for (const file of files) {
      expect(file).toMatch(/-[\w-]{8}\.(js|css|svg)$/)
      const answer = await server.ask(file)
      expect(answer.status).toBe(200)
      expect(answer.headers.get('cache-control')).toBe('public, max-age=31536000, immutable')
      expect(answer.headers.get('content-type')).toMatch(/javascript|^text\/css|^image\/svg/)
    }
  })

  it('paths beside the routes give nothing of the disk, raw or encoded', async () => {
    for (const path of [
      '/assets/../index.html',
      '/assets/..%2f..%2fpackage.json',
      '/assets/%2e%2e/%2e%2e/package.json',
      '/assets/..%5c..%5cpackage.json',
      '/assets//etc/passwd',
      '/assets/%00',
      '/assets/',
      '/..%2f..%2fetc%2fpasswd',
      '/package.json',
      '/index.html',
      '/.sillage/shop/work.duckdb',
      '/token',
    ]) {
      const answer = await server.raw(path)
      expect([400, 403, 404], `${path} ${answer.text}`).toContain(answer.status)
      assertProblem(answer)
    }
  })
})
