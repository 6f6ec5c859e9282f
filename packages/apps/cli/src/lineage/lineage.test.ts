import { existsSync, readFileSync } from 'node:fs'
import { createServer, type Server, type ServerResponse } from 'node:http'
import type { AddressInfo } from 'node:net'
import { join } from 'node:path'
import { runUuid } from '@sillage/openlineage'
import { Ajv2020 } from 'ajv/dist/2020.js'
import { fullFormats } from 'ajv-formats/dist/formats.js'
import { afterEach, describe, expect, it } from 'vitest'
import { findings, succeeded, until } from '../testing/outcome.ts'
import { slowWait } from '../testing/own-plugin.ts'
import { TestProject } from '../testing/project.ts'
import { Served } from '../testing/served.ts'
import { shopOrders, shopPipeline } from '../testing/shop.ts'
import { eventSchema } from './event-schema.fixture.ts'
import { httpTarget } from './targets.ts'

interface Told {
  readonly eventType: string
  readonly run: { readonly runId: string; readonly facets: Record<string, Record<string, unknown>> }
  readonly job: { readonly namespace: string; readonly name: string }
  readonly inputs: readonly Dataset[]
  readonly outputs: readonly Dataset[]
}

interface Dataset {
  readonly namespace: string
  readonly name: string
  readonly facets?: Record<string, { readonly fields: unknown }>
  readonly outputFacets?: Record<string, Record<string, unknown>>
}

const rows = JSON.parse(
  readFileSync(new URL('../../../openlineage/rows-facet.schema.json', import.meta.url), 'utf8'),
)
const ajv = new Ajv2020({ strict: false, formats: fullFormats, schemas: [rows] })
const isEvent = ajv.compile(eventSchema)

/** Events of a file, each held to the specification; every run that starts ends once, and nothing follows. */
function eventsOf(project: TestProject, file = 'lineage.jsonl'): readonly Told[] {
  const events = readFileSync(join(project.folder, file), 'utf8')
    .split('\n')
    .filter((line) => line !== '')
    .map((line) => JSON.parse(line) as Told)
  check(events)
  return events
}

function check(events: readonly Told[]): void {
  for (const event of events) expect(isEvent(event), JSON.stringify(isEvent.errors)).toBe(true)
  for (const id of new Set(events.map(({ run }) => run.runId))) {
    const types = events.filter(({ run }) => run.runId === id).map(({ eventType }) => eventType)
    expect(types).toHaveLength(2)
    expect(types[0]).toBe('START')
  }
}

const lineage = (options: string) => `lineage: { openlineage: ${options} }\n`
const shop = (settings: string, url?: string) =>
  new TestProject({ 'sillage.yaml': settings, 'orders.csv': shopOrders, 'pipeline.yaml': shopPipeline(url) })

const servers: Server[] = []
afterEach(() => {
  for (const server of servers.splice(0)) {
    server.closeAllConnections()
    server.close()
  }
})

/** A receiver on this machine. */
async function receive(answer: (response: ServerResponse, count: number) => void) {
  const events: Told[] = []
  const headers: Record<string, unknown>[] = []
  let count = 0
  const server = createServer((request, response) => {
    let body = ''
    request.on('data', (part) => {
      body += part
    })
    request.on('end', () => {
      count += 1
      events.push(JSON.parse(body) as Told)
      headers.push(request.headers)
      answer(response, count)
    })
  })
  servers.push(server)
  await new Promise<void>((ready) => server.listen(0, '127.0.0.1', ready))
  return { events, headers, url: `http://127.0.0.1:${(server.address() as AddressInfo).port}/api/v1/lineage` }
}

describe('the lineage of a run', () => {
  it('goes to a file: the run and each step, what they read and made, how many rows, and where columns come from', async () => {
    using project = shop(lineage('{ file: lineage.jsonl, namespace: crm }'))
    const { id } = succeeded(await project.run(['run', '--output', 'json'])) as unknown as { id: string }
    const events = eventsOf(project)
    const of = (job: string, type: string) =>
      events.find((event) => event.job.name === job && event.eventType === type)!
    const whole = of('shop', 'COMPLETE')
    expect(whole.run.runId).toBe(runUuid('crm', 'shop', id))
    expect(whole.inputs).toMatchObject([{ namespace: 'file', name: join(project.folder, 'orders.csv') }])
    expect(
      whole.outputs.map(({ namespace, name: table, outputFacets }) => [
        namespace,
        table,
        outputFacets!.outputStatistics!.rowCount,
      ]),
    ).toEqual([
      [`duckdb:${join(project.folder, 'marts/shop.duckdb')}`, 'main.customers', 4],
      [`duckdb:${join(project.folder, 'marts/shop.duckdb')}`, 'main.lines', 5],
    ])
    const lines = of('shop.lines', 'COMPLETE')
    expect(lines.run.facets.parent).toMatchObject({
      run: { runId: whole.run.runId },
      job: { namespace: 'crm', name: 'shop' },
    })
    expect(lines.run.facets.sillage_rows).toMatchObject({
      action: 'run',
      rowsIn: 6,
      rowsOut: 5,
      rejected: 1,
      merged: 0,
      filtered: 0,
    })
    expect(lines.inputs).toMatchObject([{ namespace: 'crm', name: 'shop.raw' }])
    const from = (event: Told, column: string) => {
      const { fields } = event.outputs[0]!.facets!.columnLineage as unknown as {
        fields: Record<
          string,
          { inputFields: { name: string; field: string; transformations: { subtype: string }[] }[] }
        >
      }
      return fields[column]?.inputFields.map(
        ({ name: dataset, field, transformations }) => `${dataset}.${field} ${transformations[0]!.subtype}`,
      )
    }
    expect(from(lines, 'customer_id')).toEqual(['shop.raw.Customer ID TRANSFORMATION'])
    const total = of('shop.total', 'COMPLETE')
    expect(from(total, 'cents')).toEqual(['shop.segmented.amount TRANSFORMATION'])
    expect(from(total, 'email')).toEqual(['shop.segmented.email IDENTITY'])
    // What a rule decides comes from no column alone.
    expect(from(of('shop.segmented', 'COMPLETE'), 'segment')).toBeUndefined()
    expect(from(whole, 'segment')).toEqual(['shop.segmented.segment IDENTITY'])
    expect(of('shop.list', 'COMPLETE').outputs).toMatchObject([
      {
        namespace: 'file',
        name: join(project.folder, 'out/list.csv'),
        outputFacets: { outputStatistics: { rowCount: 4 } },
      },
    ])
    expect(readFileSync(join(project.folder, 'lineage.jsonl'), 'utf8')).not.toMatch(/@mail|17850/i)

    succeeded(await project.run(['run', '--output', 'json']))
    const again = eventsOf(project).slice(events.length)
    expect(
      again.find((event) => event.job.name === 'shop.lines' && event.eventType === 'COMPLETE')!.run.facets
        .sillage_rows,
    ).toMatchObject({ action: 'reuse' })
    await project.run(['run', '--dry-run'])
    await project.run(['run', '--sample', '2'])
    expect(eventsOf(project)).toHaveLength(events.length + again.length)
  })

  it('joins pipelines: what one publishes is what the other reads, by the same name, column by column', async () => {
    using project = shop(lineage('{ file: lineage.jsonl }'))
    project.write(
      'next.yaml',
      'pipeline: next\nstages:\n  people: { uses: collect/mart, with: { pipeline: shop, table: customers } }\nmarts: { out: { from: people } }\n',
    )
    expect((await project.run(['run', 'shop'])).exit).toBe(0)
    const second = await project.run(['run', 'next'])
    expect(second.exit, second.err).toBe(0)
    const events = eventsOf(project)
    const published = events.find(({ job, eventType }) => job.name === 'shop' && eventType === 'COMPLETE')!
      .outputs[0]!
    const read = events.find(({ job, eventType }) => job.name === 'next.people' && eventType === 'COMPLETE')!
    const { namespace, name: table } = published
    expect(read.inputs).toEqual([{ namespace, name: table }])
    const { fields } = read.outputs[0]!.facets!.columnLineage as unknown as {
      fields: Record<string, unknown>
    }
    expect(fields.email).toEqual({
      inputFields: [
        {
          namespace,
          name: table,
          field: 'email',
          transformations: [{ type: 'DIRECT', subtype: 'IDENTITY' }],
        },
      ],
    })
  })

  it('of a run that fails names the step and the code, and no value', async () => {
    using project = shop(lineage('{ file: lineage.jsonl }'), 'http://127.0.0.1:1')
    expect((await project.run(['run'])).exit).toBe(1)
    const events = eventsOf(project)
    const failed = events.filter(({ eventType }) => eventType === 'FAIL')
    expect(failed.map(({ job }) => job.name)).toEqual(['shop.crm', 'shop'])
    for (const { run } of failed)
      expect(run.facets.errorMessage).toMatchObject({ message: expect.stringMatching(/^delivery_failed: /) })
    // The marts were published before.
    expect(failed[1]!.outputs).toHaveLength(2)

    project.write('pipeline.yaml', shopPipeline().replace('from: raw\n', 'from: raw\n    on_reject: fail\n'))
    expect((await project.run(['run', '--full-refresh'])).exit).not.toBe(0)
    const rejected = eventsOf(project).slice(events.length)
    expect(rejected.find(({ job }) => job.name === 'shop.lines')).toBeDefined()
    expect(rejected.at(-1)).toMatchObject({ eventType: 'FAIL', job: { name: 'shop' } })
    expect(rejected.filter(({ eventType }) => eventType === 'FAIL').map(({ job }) => job.name)).toContain(
      'shop.lines',
    )
    expect(readFileSync(join(project.folder, 'lineage.jsonl'), 'utf8')).not.toMatch(/@mail|17850|minus/i)
  })

  it('of a run that is stopped or killed ends too: the next run tells of it', async () => {
    using project = new TestProject({
      'sillage.yaml': `plugins: ["./plugins/*.ts"]\n${lineage('{ file: lineage.jsonl }')}`,
      'plugins/slow.ts': slowWait,
      'rows.csv': 'id\n1\n2\n',
      'pipeline.yaml': `pipeline: p
stages:
  rows: { uses: collect/csv, with: { path: rows.csv } }
  slow: { uses: enrich/slow, from: rows, with: { rounds: 60000000000 } }
marts: { out: { from: slow } }
`,
    })
    const begun = () =>
      (existsSync(join(project.folder, 'lineage.jsonl'))
        ? readFileSync(join(project.folder, 'lineage.jsonl'), 'utf8')
        : ''
      ).includes('"p.slow"')
    const stopped = project.start(['run'])
    await until(begun)
    stopped.kill('SIGINT')
    await project.ended(stopped)
    const first = eventsOf(project)
    expect(first.filter(({ eventType }) => eventType === 'ABORT').map(({ job }) => job.name)).toEqual([
      'p.slow',
      'p',
    ])
    project.write('lineage.jsonl', '')
    const killed = project.start(['run'])
    await until(begun)
    killed.kill('SIGKILL')
    await project.ended(killed)
    project.write(
      'pipeline.yaml',
      (await import('node:fs'))
        .readFileSync(join(project.folder, 'pipeline.yaml'), 'utf8')
        .replace('60000000000', '1'),
    )
    expect((await project.run(['run'])).exit).toBe(0)
    const events = eventsOf(project)
    expect(events.filter(({ eventType }) => eventType === 'ABORT').map(({ job }) => job.name)).toEqual([
      'p.slow',
      'p',
    ])
    expect(events.at(-1)).toMatchObject({ eventType: 'COMPLETE', job: { name: 'p' } })
  })

  it('goes to a receiver, with its secrets, in order', async () => {
    const receiver = await receive((response) => response.writeHead(201).end())
    using project = shop(
      lineage(
        `{ file: lineage.jsonl, url: "${receiver.url}?key=\${secret:key}", headers: { authorization: "Bearer \${secret:key}" } }`,
      ),
    )
    project.write('secrets/key', 'hush-hush-hush')
    const ended = await project.run(['run'])
    expect(ended.exit, ended.err).toBe(0)
    check(receiver.events)
    expect(receiver.events).toEqual(eventsOf(project))
    expect(new Set(receiver.headers.map(({ authorization }) => authorization))).toEqual(
      new Set(['Bearer hush-hush-hush']),
    )
    expect(ended.err + ended.out + readFileSync(join(project.folder, 'lineage.jsonl'), 'utf8')).not.toContain(
      'hush-hush',
    )
  })

  it.each([
    [
      'answers 500',
      (response: ServerResponse) => response.writeHead(500).end(),
      /not taken by the receiver: it answered 500/,
    ],
    [
      'sends elsewhere',
      (response: ServerResponse) => response.writeHead(307, { location: 'http://127.0.0.1:1/' }).end(),
      /it answered 307/,
    ],
    ['hangs up', (response: ServerResponse) => response.destroy(), /it cannot be reached/],
  ])('a receiver that %s stops no run, and is told', async (_, answer, told) => {
    const receiver = await receive(answer)
    using project = shop(lineage(`{ file: lineage.jsonl, url: "${receiver.url}" }`))
    const ended = await project.run(['run', '--output', 'json'])
    succeeded(ended)
    expect(ended.err).toMatch(told)
    expect(ended.err).not.toContain('/api/v1/lineage')
    expect(eventsOf(project).length).toBeGreaterThan(10)
  })

  it('a receiver that is down, and a file that cannot be written, stop no run', async () => {
    using project = shop(lineage('{ file: no/such/folder/lineage.jsonl, url: "http://127.0.0.1:1/" }'))
    const ended = await project.run(['run', '--output', 'json'])
    succeeded(ended)
    expect(ended.err).toMatch(/cannot be written \(ENOENT\)/)
    expect(ended.err).toMatch(/events were not taken by the receiver: it cannot be reached/)
  })

  it('what was lost is told beside its run, and counted over all runs, also while the server goes on', async () => {
    using project = shop(lineage('{ url: "http://127.0.0.1:1/" }'))
    const server = await Served.start(project)
    const counted = async () =>
      Number(
        /^sillage_lineage_lost_total\{pipeline="shop"\} (\d+)$/m.exec(
          (await server.ask('/metrics')).text,
        )?.[1],
      )
    expect(await counted()).toBe(0)
    succeeded(await project.run(['run', '--output', 'json']))
    const first = await counted()
    expect(first).toBeGreaterThan(10)
    succeeded(await project.run(['run', '--output', 'json']))
    expect(await counted()).toBeGreaterThan(first)
    const lost = { events: (await counted()) - first, reason: 'it cannot be reached' }
    project.write('sillage.yaml', lineage('{ file: lineage.jsonl }'))
    succeeded(await project.run(['run', '--output', 'json']))
    const { runs } = (await project.run(['status', '--output', 'json'])).json() as {
      runs: readonly { lineage_lost?: object }[]
    }
    expect(runs.map((run) => run.lineage_lost)).toEqual([undefined, lost, undefined])
    expect((await project.run(['status'])).err).toMatch(/lineage events were lost: it cannot be reached/)
    await server.stop()
  })

  it('a receiver that fails once gets the event again; one that never answers is left after a bounded time', async () => {
    const said: string[] = []
    const event = { eventType: 'START' } as never
    const shaky = await receive((response, count) => response.writeHead(count === 2 ? 503 : 200).end())
    const first = httpTarget({ url: shaky.url, headers: {} }, (text) => said.push(text))
    for (let index = 0; index < 3; index += 1) first.take(event)
    await first.end()
    expect(shaky.events).toHaveLength(4)
    expect(said).toEqual([])
    const silent = await receive(() => {})
    const limits = { answerMs: 60_000, lingerMs: 100 }
    const second = httpTarget({ url: silent.url, headers: {} }, (text) => said.push(text), limits)
    for (let index = 0; index < 5; index += 1) second.take(event)
    await second.end()
    expect(said).toEqual(['lineage: 5 events were not taken by the receiver: it did not answer in time'])
    expect(silent.events).toHaveLength(1)
  })
})

describe('lineage in sillage.yaml', () => {
  it.each([
    ['lineage_nowhere', '{}'],
    ['key_unknown', '{ fiel: x }'],
    ['value_invalid', '{ url: lineage.example }'],
    ['lineage_headers', '{ file: x, headers: { a: b } }'],
  ])('%s', async (code, options) => {
    using project = shop(lineage(options))
    expect(findings(await project.run(['run', '--output', 'json']))).toMatchObject([{ code, line: 1 }])
  })

  it('an environment has its own; a secret that is missing is told before anything runs', async () => {
    using project = shop(
      `${lineage('{ file: all.jsonl }')}environments:\n  test: { lineage: { openlineage: { file: test.jsonl } } }\n  prod: { lineage: { openlineage: { url: "\${secret:where}" } } }\n`,
    )
    expect((await project.run(['run', '--env', 'test'])).exit).toBe(0)
    expect(existsSync(join(project.folder, 'all.jsonl'))).toBe(false)
    expect(eventsOf(project, 'test.jsonl').length).toBeGreaterThan(0)
    const missing = await project.run(['run', '--env', 'prod', '--output', 'json'])
    expect(missing.exit).toBe(78)
    expect(missing.json()).toMatchObject({ error: { code: 'secret_missing' } })
    project.write('secrets/where', 'nowhere-at-all')
    const wrong = await project.run(['run', '--env', 'prod', '--output', 'json'])
    expect(wrong.json()).toMatchObject({ error: { code: 'lineage_invalid' } })
    expect(wrong.out + wrong.err).not.toContain('nowhere-at-all')
  })
})
