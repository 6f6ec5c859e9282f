import { utimesSync } from 'node:fs'
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { TestProject } from './testing/project.ts'

interface Run {
  readonly run: {
    readonly status: string
    readonly steps: readonly {
      readonly stage: string
      readonly action: string
      readonly rows_in: number | null
      readonly rows_out: number
      readonly rejected: number
      readonly filtered: number
    }[]
    readonly checks: readonly { readonly check: string; readonly status: string }[]
    readonly error?: { readonly code: string; readonly message: string }
  }
}

async function run(project: TestProject, args: readonly string[] = [], env = {}) {
  const ended = await project.run(['run', ...args, '--output', 'json'], env)
  const { run: told } = ended.json() as Run
  return {
    ...told,
    exit: ended.exit,
    stage: (name: string) => told.steps.find((step) => step.stage === name)!,
  }
}

async function query(project: TestProject, pipeline: string, text: string): Promise<readonly unknown[]> {
  const ended = await project.run(['query', pipeline, text, '--output', 'json'])
  return (ended.json() as { readonly rows: readonly unknown[] }).rows
}

const head = 'pipeline: p\nas_of: 2026-01-01\nstages:\n'
const orders = 'id,x,y\n1,a,5\n2,b\n3,c,bad\n4,d,8\n'
const raw = '  raw: { uses: collect/csv, with: { path: orders.csv, all_text: true } }\n'
const lines =
  '  lines: { uses: clean/contract, from: raw, with: { columns: { id: { type: integer }, y: { type: integer } } } }\n'

describe('sources', () => {
  it('tell file and line also where they are tables, and where a refusing reader came later', async () => {
    using project = new TestProject({
      'orders.csv': orders,
      'pipeline.yaml': `${head}${raw}marts: { raw: { from: raw } }\n`,
    })
    expect((await run(project)).exit).toBe(0)
    project.write(
      'pipeline.yaml',
      `${head}${raw}${lines}marts: { raw: { from: raw }, lines: { from: lines } }\n`,
    )
    const second = await run(project)
    expect(second.error).toBeUndefined()
    expect(second.stage('lines')).toMatchObject({ rows_in: 3, rows_out: 2, rejected: 1 })
    const shown = await project.run(['show', 'reject.lines', '--output', 'json'])
    expect((shown.json() as { readonly rows: readonly unknown[] }).rows).toMatchObject([
      { file: 'orders.csv', line: 4 },
    ])
    expect(await query(project, 'p', 'select * from raw limit 1')).toEqual([{ id: '1', x: 'a', y: '5' }])
  })
})

/** A receiver on this machine. */
async function receiver(): Promise<{ readonly url: string; readonly bodies: string[] } & Disposable> {
  const bodies: string[] = []
  const server = createServer((request, response) => {
    let body = ''
    request.on('data', (part) => {
      body += part
    })
    request.on('end', () => {
      bodies.push(body)
      response.end()
    })
  })
  await new Promise<void>((ready) => server.listen(0, '127.0.0.1', ready))
  const { port } = server.address() as AddressInfo
  return { url: `http://127.0.0.1:${port}`, bodies, [Symbol.dispose]: () => void server.close() }
}

describe('messages', () => {
  const numbers = 'big,amount\n9007199254740993,12.50\n'
  const hook = (url: string) =>
    `${head}  raw: { uses: collect/csv, with: { path: n.csv } }\n  hook: { uses: activate/webhook, from: raw, with: { url: "${url}/\${secret:tok}", attempts: 1 } }\nmarts: { raw: { from: raw } }\n`

  it('keep every digit, and never tell a secret', async () => {
    using target = await receiver()
    using project = new TestProject({ 'n.csv': numbers, 'pipeline.yaml': hook(target.url) })
    const ended = await project.run(['run'], { SILLAGE_SECRET_TOK: 'tok-en 7f3a' })
    expect(ended.exit).toBe(0)
    expect(target.bodies).toHaveLength(1)
    expect((JSON.parse(target.bodies[0]!) as { data: { rows: unknown } }).data.rows).toEqual([
      { big: '9007199254740993', amount: '12.50' },
    ])
    const told = [ended.out, ended.err, ...project.files('.sillage')].join('\n')
    expect(told).not.toContain('7f3a')
    project.write('pipeline.yaml', hook('http://127.0.0.1:9'))
    const failed = await project.run(['run', '--full-refresh', '--output', 'json'], {
      SILLAGE_SECRET_TOK: 'tok-en 7f3a',
    })
    expect([failed.out, failed.err, ...project.files('.sillage')].join('\n')).not.toContain('7f3a')
  })
})

describe('refused rows', () => {
  it('stop a run that says on_reject: fail, also where an earlier run refused them', async () => {
    using project = new TestProject({
      'orders.csv': orders,
      'pipeline.yaml': `${head}${raw}${lines}marts: { lines: { from: lines } }\n`,
    })
    expect((await run(project)).exit).toBe(0)
    const strict = lines.replace(' } }\n', ' }, on_reject: fail }\n')
    project.write('pipeline.yaml', `${head}${raw}${strict}marts: { lines: { from: lines } }\n`)
    expect(await run(project)).toMatchObject({ exit: 4, error: { code: 'rows_refused' } })
    const strictRaw = raw.replace(' } }\n', ' }, on_reject: fail }\n')
    project.write('pipeline.yaml', `${head}${strictRaw}${lines}marts: { lines: { from: lines } }\n`)
    expect(await run(project)).toMatchObject({ exit: 4, error: { code: 'rows_refused' } })
  })

  it('leave the mart where their rules left the pipeline', async () => {
    using project = new TestProject({
      'orders.csv': orders,
      'rows.json': '{"id": "1", "x": "a", "y": "5"}\n',
      'pipeline.yaml': `${head}${raw}${lines}marts: { lines: { from: lines } }\n`,
    })
    await run(project)
    expect(await query(project, 'p', 'select distinct stage from sillage.rejects order by 1')).toEqual([
      { stage: 'lines' },
      { stage: 'raw' },
    ])
    const plain = '  lines: { uses: enrich/derive, from: raw, with: { columns: { z: "id" } } }\n'
    project.write('pipeline.yaml', `${head}${raw}${plain}marts: { lines: { from: lines } }\n`)
    expect((await run(project)).exit).toBe(0)
    expect(await query(project, 'p', 'select distinct stage from sillage.rejects')).toEqual([
      { stage: 'raw' },
    ])
  })
})

describe('columns of a source that begin with _', () => {
  it('lose it, and hide no row', async () => {
    using project = new TestProject({
      'rows.csv': '_id,id,_reject\n7,1,1\n8,2,0\n',
      'pipeline.yaml': `${head}  raw: { uses: collect/csv, with: { path: rows.csv } }\n  scored: { uses: score/points, from: raw, with: { rules: [{ name: a, when: "id = 1", points: 3 }] } }\nmarts: { scored: { from: scored } }\n`,
    })
    expect((await run(project)).exit).toBe(0)
    expect(await query(project, 'p', 'select * from scored order by id')).toEqual([
      { id_1: 7, id: 1, reject: 1, score: 3 },
      { id_1: 8, id: 2, reject: 0, score: 0 },
    ])
    const planned = await project.run(['plan', '--output', 'json'])
    expect(planned.out).not.toContain('"_id"')
  })
})

describe('further outputs', () => {
  const people = 'id,email\n1,a@x.fr\n1,b@x.fr\n1,c@x.fr\n2,d@x.fr\n'
  const deduped =
    '  raw: { uses: collect/csv, with: { path: people.csv } }\n  people: { uses: clean/dedupe, from: raw, with: { keys: [[id]], id: email, order: [{ by: email }] } }\n'

  it('keep the key of their mart, as others do', async () => {
    using project = new TestProject({
      'people.csv': people,
      'pipeline.yaml': `${head}${deduped}marts: { merged: { from: people.merged, key: [kept_id] } }\n`,
    })
    expect(await run(project)).toMatchObject({ exit: 1, error: { code: 'check_failed' } })
    project.write(
      'pipeline.yaml',
      `${head}${deduped}marts: { merged: { from: people.merged, key: [merged_id] } }\n`,
    )
    expect((await run(project)).checks.map(({ status }) => status)).toEqual(['pass', 'pass'])
  })
})

describe('files', () => {
  const sources =
    '  a: { uses: collect/csv, with: { path: orders.csv } }\n  b: { uses: collect/csv, with: { path: more.csv } }\n'
  const files = { 'orders.csv': 'id\n1\n2\n', 'more.csv': 'id\n3\n' }

  it('count the rows of all their inputs', async () => {
    using project = new TestProject({
      ...files,
      'pipeline.yaml': `pipeline: p\nstages:\n${sources}  out: { uses: activate/file, from: [a, b], with: { path: out/x.csv, where: "id > 1" } }\n`,
    })
    expect((await run(project)).stage('out')).toMatchObject({ rows_in: 3, rows_out: 2, filtered: 1 })
  })

  it('are written by one stage, and read by none', async () => {
    using project = new TestProject({
      ...files,
      'pipeline.yaml': `${head}${sources}  one: { uses: activate/file, from: a, with: { path: out/x.csv } }\n  two: { uses: activate/file, from: b, with: { path: ./out/x.csv } }\n  three: { uses: activate/file, from: b, with: { path: orders.csv } }\n`,
    })
    const { exit, diagnostics } = await project.run(['run', '--output', 'json']).then((ended) => ({
      exit: ended.exit,
      ...(ended.json() as { readonly diagnostics: readonly { readonly code: string }[] }),
    }))
    expect(exit).toBe(78)
    expect(diagnostics.map(({ code }) => code)).toEqual(['destination_taken', 'destination_taken'])
  })
})

describe('publishing', () => {
  it('follows the as-of date and the checks, also where no row changes', async () => {
    using project = new TestProject({
      'orders.csv': orders,
      'pipeline.yaml': `${head}${raw}marts: { raw: { from: raw } }\n`,
    })
    await run(project)
    project.write(
      'pipeline.yaml',
      `${head}${raw.replace(' } }\n', ' }, expect: [{ not_null: [id] }] }\n')}marts: { raw: { from: raw } }\n`.replace(
        '2026-01-01',
        '2026-02-01',
      ),
    )
    expect((await run(project)).stage('raw').action).toBe('reuse')
    expect(await query(project, 'p', 'select as_of from sillage.runs')).toEqual([{ as_of: '2026-02-01' }])
    expect(await query(project, 'p', 'select "check" from sillage.checks')).toEqual([
      { check: 'not_null(id)' },
    ])
  })
})

describe('comments and personal marks of columns', () => {
  it('follow a column through steps until one says otherwise, and reach the mart', async () => {
    using project = new TestProject({
      'people.csv': 'id,email,tel\n1,a@x.fr,0639980857\n2,b@x.fr,\n',
      'pipeline.yaml': `${head}  raw: { uses: collect/csv, with: { path: people.csv, all_text: true } }
  people:
    uses: clean/contract
    from: raw
    with:
      columns:
        id: { type: text, description: The number on the card. }
        email: { type: text, personal: true, description: As typed. }
        tel: { type: text, personal: true }
  tidy: { uses: clean/contacts, from: people, with: { email: email } }
  known: { uses: enrich/derive, from: tidy, with: { columns: { who: "id", tel: "left(tel, 2)" } } }
  again: { uses: clean/contract, from: known, with: { columns: { id: { type: text }, email: { type: text, description: Checked. }, tel: { type: text, personal: false }, who: { type: text } } } }
  all: { uses: clean/dedupe, from: [again, known], with: { keys: [[id]] } }
marts: { again: { from: again }, all: { from: all } }
`,
    })
    expect((await run(project)).error).toBeUndefined()
    const noted =
      'select column_name as name, comment, personal from sillage.columns where table_name = $$again$$ order by name'
    expect(await query(project, 'p', noted)).toEqual([
      { name: 'email', comment: 'Checked.', personal: true },
      { name: 'id', comment: 'The number on the card.', personal: false },
      { name: 'tel', comment: null, personal: false },
      { name: 'who', comment: null, personal: false },
    ])
    const united =
      'select column_name as name from sillage.columns where table_name = $$all$$ and personal order by name'
    expect(await query(project, 'p', united)).toEqual([{ name: 'email' }, { name: 'tel' }])
  })
})

describe('reuse', () => {
  it('sees a large file replaced by one of the same size, time, head, middle and tail', async () => {
    const day = new Date('2026-01-01')
    const rows = (odd: string) =>
      `id,v\n${Array.from({ length: 60_000 }, (_, id) => `${String(id).padStart(8, '0')},${id === 15_000 ? odd : 'aaa'}`).join('\n')}\n`
    using project = new TestProject({
      'rows.csv': rows('aaa'),
      'pipeline.yaml': `${head}  raw: { uses: collect/csv, with: { path: rows.csv } }\nmarts: { raw: { from: raw } }\n`,
    })
    utimesSync(join(project.folder, 'rows.csv'), day, day)
    await run(project)
    expect((await run(project)).stage('raw').action).toBe('reuse')
    project.write('rows.csv', rows('zzz'))
    utimesSync(join(project.folder, 'rows.csv'), day, day)
    await run(project)
    expect(await query(project, 'p', 'select v from raw where id = $$00015000$$')).toEqual([{ v: 'zzz' }])
  })

  it('is not shared by two pipelines of one name', async () => {
    const text = `${head}${raw}marts: { raw: { from: raw } }\n`
    using project = new TestProject({ 'orders.csv': orders, 'pipeline.yaml': text })
    expect((await run(project)).exit).toBe(0)
    project.write('copy.yaml', text)
    const ended = await project.run(['run', 'pipeline.yaml', '--output', 'json'])
    expect(ended.exit).toBe(78)
    expect(ended.json()).toMatchObject({ error: { code: 'pipeline_name_taken' } })
  })
})
