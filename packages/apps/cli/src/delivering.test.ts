import { existsSync, mkdirSync, readFileSync, rmSync, symlinkSync, writeFileSync } from 'node:fs'
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { failure } from './testing/outcome.ts'
import { TestProject } from './testing/project.ts'
import { Receiver } from './testing/receiver.ts'

interface Delivery {
  readonly stage: string
  readonly status: string
  readonly destination: string
  readonly rows: number
  readonly due: number
  readonly sent: number
  readonly known: number
  readonly refused: number
  readonly held: number
  readonly removed: number
  readonly merged: number
  readonly messages: number
  readonly error?: {
    readonly code: string
    readonly message: string
    readonly hint: string
    readonly examples?: readonly string[]
  }
}

interface Told {
  readonly run: {
    readonly status: string
    readonly deliveries: readonly Delivery[]
    readonly preview?: { readonly deliveries: readonly Delivery[] }
    readonly error?: { readonly code: string; readonly stage?: string; readonly hint: string }
    readonly steps: readonly {
      readonly stage: string
      readonly rejected: number
      readonly rows_out: number
    }[]
  }
}

type Row = Readonly<Record<string, string | number>>

const csv = (rows: readonly Row[]): string =>
  `${Object.keys(rows[0] ?? { id: 1, tier: '' }).join(',')}\n${rows.map((row) => Object.values(row).join(',')).join('\n')}${rows.length > 0 ? '\n' : ''}`

const people = (ids: readonly number[], tier = 'gold'): readonly Row[] => ids.map((id) => ({ id, tier }))

const range = (from: number, to: number): readonly number[] =>
  Array.from({ length: to - from + 1 }, (_, index) => from + index)

/** A project with one sink over `people.csv`. */
function project(sink: string, { key = '', uses = 'activate/webhook' } = {}): TestProject {
  return new TestProject({
    'people.csv': csv(people(range(1, 3))),
    'pipeline.yaml': `pipeline: p
stages:
  people: { uses: collect/csv, with: { path: people.csv } }
  crm: { uses: ${uses}, from: people, with: { ${sink} } }
marts:
  people: { from: people${key} }
`,
  })
}

async function run(one: TestProject, ...args: readonly string[]) {
  const ended = await one.run(['run', ...args, '--output', 'json'])
  const { run: told } = ended.json() as Told
  return { exit: ended.exit, err: ended.err, told, crm: (told.preview ?? told).deliveries.at(0)! }
}

const bodies = (target: Receiver) =>
  target.received.map(
    ({ body }) => (JSON.parse(body) as { readonly data: Record<string, readonly Row[]> }).data,
  )

const rowsOf = (target: Receiver): readonly Row[] => bodies(target).flatMap(({ rows }) => rows!)

describe('a delivery knows rows', () => {
  it('sends one person who is added at the top, and not the fifty others', async () => {
    using target = await Receiver.open()
    using one = project(`url: "${target.url}", key: [id], batch: 10`)
    one.write('people.csv', csv(people(range(1, 50))))
    expect((await run(one)).crm).toMatchObject({ sent: 50, messages: 5 })
    one.write('people.csv', csv(people([0, ...range(1, 50)])))
    expect((await run(one)).crm).toMatchObject({ due: 1, sent: 1, known: 50, messages: 1 })
    expect(rowsOf(target).slice(50)).toEqual([{ id: 0, tier: 'gold' }])
    one.write('people.csv', csv(people([0, ...range(2, 50)])))
    expect((await run(one)).crm).toMatchObject({ due: 0, sent: 0, known: 50 })
    expect(target.received).toHaveLength(6)
  })

  it('tells a value that comes back, and a row that comes back', async () => {
    using target = await Receiver.open()
    using one = project(`url: "${target.url}", key: [id]`)
    const tell = async (rows: readonly Row[]) => {
      target.received.length = 0
      one.write('people.csv', csv(rows))
      await run(one)
      return rowsOf(target)
    }
    const [gold, silver] = [
      { id: 1, tier: 'gold' },
      { id: 1, tier: 'silver' },
    ]
    const other = { id: 2, tier: 'gold' }
    expect(await tell([gold, other])).toEqual([gold, other])
    expect(await tell([silver, other])).toEqual([silver])
    expect(await tell([gold, other])).toEqual([gold])
    expect(await tell([other])).toEqual([])
    expect(await tell([gold, other])).toEqual([gold])
  })

  it('takes the key of the mart with the same rows, and else the whole row, of which equal ones are one', async () => {
    using target = await Receiver.open()
    using keyed = project(`url: "${target.url}/a"`, { key: ', key: [id]' })
    keyed.write('people.csv', csv(people([1])))
    await run(keyed)
    keyed.write('people.csv', csv(people([1], 'silver')))
    await run(keyed)
    const listed = (await keyed.run(['deliveries', 'p', '--output', 'json'])).json() as {
      readonly receivers: readonly { readonly key: readonly string[]; readonly accepted: number }[]
    }
    expect(listed.receivers).toMatchObject([{ key: ['id'], accepted: 1 }])
    using whole = project(`url: "${target.url}/b", batch: 1`)
    whole.write('people.csv', csv([...people([1, 1, 2])]))
    expect((await run(whole)).crm).toMatchObject({ rows: 2, merged: 1, sent: 2 })
    using batched = project(`url: "${target.url}/c", batch: 100`)
    batched.write('people.csv', csv([...people([1, 1, 2])]))
    expect((await run(batched)).crm).toMatchObject({ rows: 2, merged: 1, sent: 2 })
  })

  it.each([
    ['two rows of one key', csv(people([1, 1, 2])), 'key_not_unique', '2 rows'],
    ['a null in a key', 'id,tier\n1,gold\n,gold\n', 'key_with_null', '1 rows'],
  ])('stops before anything goes: %s', async (_, content, code, words) => {
    using target = await Receiver.open()
    using one = project(`url: "${target.url}", key: [id]`)
    one.write('people.csv', content)
    const { exit, told, crm } = await run(one)
    expect(exit).toBe(1)
    expect(told.error).toMatchObject({ code, stage: 'crm' })
    expect(crm.error!.message).toContain(words)
    // Keys may be personal: they are shown to who asked, and stand in no journal.
    expect(crm.error!.message).not.toContain('{')
    expect(crm.error!.examples ?? []).toEqual(code === 'key_not_unique' ? ['{"id":1}'] : [])
    expect(crm).toMatchObject({ status: 'failed', sent: 0 })
    expect(target.received).toEqual([])
  })

  it.each([
    ['two rows of one key', csv(people([1, 1, 2])), 'key_not_unique', '2 rows'],
    ['a null in a key', 'id,tier\n1,gold\n,gold\n', 'key_with_null', '1 rows'],
  ])('writes no file of all rows, and leaves the one that is there: %s', async (_, content, code, words) => {
    using one = project('path: out/all.csv, key: [id]', { uses: 'activate/file' })
    expect((await run(one)).exit).toBe(0)
    const before = readFileSync(join(one.folder, 'out/all.csv'), 'utf8')
    one.write('people.csv', content)
    const foreseen = await run(one, '--dry-run')
    const { exit, told, crm } = await run(one)
    expect(exit).toBe(1)
    expect(told.error).toMatchObject({ code, stage: 'crm' })
    expect(crm.error!.message).toContain(words)
    expect(crm).toMatchObject({ status: 'failed', sent: 0 })
    const { rows, due, sent, held } = crm
    expect(foreseen.crm).toMatchObject({ rows, due, sent, held })
    expect(readFileSync(join(one.folder, 'out/all.csv'), 'utf8')).toBe(before)
  })

  it('appends a key once for ever', async () => {
    using target = await Receiver.open()
    using one = project(`url: "${target.url}", key: [id], mode: append`)
    await run(one)
    one.write('people.csv', csv(people(range(1, 3), 'silver')))
    expect((await run(one)).crm).toMatchObject({ due: 0, known: 3 })
    one.write('people.csv', csv(people([4])))
    expect((await run(one)).crm).toMatchObject({ due: 1, sent: 1 })
    one.write('people.csv', csv(people(range(1, 4))))
    expect((await run(one)).crm).toMatchObject({ due: 0, known: 4 })
  })

  it('mirrors: what is gone is told as removed, and told again when it comes back', async () => {
    using target = await Receiver.open()
    using one = project(`url: "${target.url}", key: [id], mode: mirror, batch: 2`)
    await run(one)
    one.write('people.csv', csv(people([2, 3])))
    expect((await run(one)).crm).toMatchObject({ due: 0, removed: 1 })
    expect(bodies(target).at(-1)).toMatchObject({ rows: [], removed: [{ id: 1 }] })
    expect((await run(one)).crm).toMatchObject({ due: 0, removed: 0 })
    one.write('people.csv', csv(people(range(1, 3))))
    expect((await run(one)).crm).toMatchObject({ sent: 1 })
    expect(bodies(target).at(-1)).toMatchObject({ rows: [{ id: 1, tier: 'gold' }], removed: [] })
  })

  it('does not let an empty input empty a receiver', async () => {
    using target = await Receiver.open()
    using one = project(`url: "${target.url}", key: [id], mode: mirror, batch: 50`)
    one.write('people.csv', csv(people(range(1, 200))))
    await run(one)
    const before = target.received.length
    one.write('people.csv', 'id,tier\n9999,gold\n')
    const { exit, crm, told } = await run(one)
    expect(exit).toBe(1)
    expect(crm.error).toMatchObject({ code: 'too_many_removed' })
    expect(told.error!.hint).toContain('--allow-removals crm')
    expect(target.received).toHaveLength(before)
    expect((await run(one, '--allow-removals', 'crm')).crm).toMatchObject({ removed: 200, sent: 1 })
  })

  it('sends all rows to another address, and says so before', async () => {
    using target = await Receiver.open()
    using one = project(`url: "${target.url}/old", key: [id]`)
    await run(one)
    one.write(
      'pipeline.yaml',
      readFileSync(join(one.folder, 'pipeline.yaml'), 'utf8').replace('/old', '/new'),
    )
    const plan = (await one.run(['plan', '--output', 'json'])).json() as {
      readonly steps: readonly {
        readonly stage: string
        readonly reason: string
        readonly delivery?: Delivery
      }[]
    }
    expect(plan.steps.find(({ stage }) => stage === 'crm')).toMatchObject({
      action: 'run',
      reason: expect.stringContaining('/old: all rows are due here'),
      delivery: { due: 3, sent: 3 },
    })
    const dry = await run(one, '--dry-run')
    const real = await run(one)
    const numbers = ({ due, sent, known, refused, held, removed, messages }: Delivery) => ({
      due,
      sent,
      known,
      refused,
      held,
      removed,
      messages,
    })
    expect(numbers(dry.crm)).toEqual(numbers(real.crm))
    expect(target.received.map(({ path }) => path)).toEqual(['/old', '/new'])
  })

  it('shows a changed mode or key in the plan, with what is due', async () => {
    using target = await Receiver.open()
    using one = project(`url: "${target.url}", key: [id]`)
    await run(one)
    const yaml = readFileSync(join(one.folder, 'pipeline.yaml'), 'utf8')
    const reason = async (text: string) => {
      one.write('pipeline.yaml', text)
      const { steps } = (await one.run(['plan', '--output', 'json'])).json() as {
        readonly steps: readonly { readonly stage: string; readonly reason: string }[]
      }
      return steps.find(({ stage }) => stage === 'crm')!.reason
    }
    expect(await reason(yaml.replace('key: [id]', 'key: [id], mode: append'))).toMatch(
      /^0 due.*mode was upsert/,
    )
    expect(await reason(yaml.replace('key: [id]', 'key: [id, tier]'))).toMatch(/^3 due.*key was id/)
  })

  it('keeps digits: decimals and large integers are text, dates are ISO', async () => {
    using target = await Receiver.open()
    using one = project(`url: "${target.url}"`)
    one.write(
      'pipeline.yaml',
      `pipeline: p
stages:
  raw: { uses: collect/csv, with: { path: people.csv, all_text: true } }
  people: { uses: enrich/derive, from: raw, with: { columns: { big: "cast('9007199254740993' as bigint)", small: "cast(7 as bigint)", money: "cast('12.50' as decimal(18,2))", day: "date '2026-01-02'", at: "timestamp '2026-01-02 03:04:05'", list: "[1.5, 2.5]", half: "0.1::double", none: "null::integer" } } }
  crm: { uses: activate/webhook, from: people, with: { url: "${target.url}" } }
`,
    )
    one.write('people.csv', 'id\nx\n')
    const { exit, err } = await run(one)
    expect(exit, err).toBe(0)
    expect(rowsOf(target)).toEqual([
      {
        id: 'x',
        big: '9007199254740993',
        small: 7,
        money: '12.50',
        day: '2026-01-02',
        at: '2026-01-02T03:04:05',
        list: ['1.5', '2.5'],
        half: 0.1,
        none: null,
      },
    ])
  })
})

describe('a message', () => {
  it('that failed goes again as the same bytes under the same id, before anything new', async () => {
    using target = await Receiver.open()
    using one = project(`url: "${target.url}", key: [id], attempts: 1`)
    target.status = 500
    const first = await run(one)
    expect(first.exit).toBe(1)
    expect(first.crm).toMatchObject({ status: 'failed', sent: 0, held: 3 })
    expect(first.told.error).toMatchObject({ code: 'delivery_failed', stage: 'crm' })
    const [failed] = target.received
    target.status = 200
    one.write('people.csv', csv([...people([1], 'silver'), ...people([7])]))
    const dry = await run(one, '--dry-run')
    const next = await run(one)
    expect(next.exit, next.err).toBe(0)
    expect(target.received[1]).toEqual(failed)
    expect(bodies(target)[2]!.rows).toEqual([
      { id: 1, tier: 'silver' },
      { id: 7, tier: 'gold' },
    ])
    expect(dry.crm.sent).toBe(next.crm.sent)
  })

  it('that a receiver refuses for good is given up, and its rows are due again', async () => {
    using target = await Receiver.open()
    using one = project(`url: "${target.url}", key: [id], attempts: 1`)
    target.status = 400
    expect((await run(one)).crm).toMatchObject({ status: 'failed', held: 3 })
    target.status = 200
    one.write('people.csv', csv(people([1, 2])))
    expect((await run(one)).crm).toMatchObject({ sent: 2 })
    expect(rowsOf(target).slice(3)).toEqual(people([1, 2]))
  })

  it('is not sent again under a new id by a run that was killed between the post and the receipt', async () => {
    using target = await Receiver.open()
    using one = project(`url: "${target.url}", key: [id], batch: 1`)
    const ended = await one.run(['run'], { SILLAGE_FAULT: 'deliver.after_send@2' })
    expect(ended.exit).toBe(-1)
    one.write('people.csv', csv(people([1, 2, 3, 4])))
    expect((await run(one)).exit).toBe(0)
    expect(new Set(target.ids).size).toBe(4)
    expect(rowsOf(target).map(({ id }) => id)).toEqual([1, 2, 2, 3, 4])
    expect(target.received[1]).toEqual(target.received[2])
    rmSync(join(one.folder, '.sillage'), { recursive: true })
    expect((await run(one)).crm).toMatchObject({ due: 0, known: 4 })
  })
})

const rowByRow = `import { defineSink, sql, t } from '@sillage/sdk'
export default defineSink({ name: 'activate/own', summary: 'A test.', description: 'A test.', examples: [],
  config: t.object({ url: t.text(), bad: t.optional(t.integer()), later: t.optional(t.integer()), count: t.optional(t.integer()) }),
  payload: ({ input }) => sql\`select * from \${input} order by all\`, size: () => 10,
  write: async ({ rows, config }) => ({ destination: 'here', ...(config.count === undefined ? {} : { rows: config.count }),
    refused: rows.flatMap((row, index) => row.id === config.bad ? [{ row: index, code: 'no_mailbox', message: 'there is no such mailbox' }] : []),
    retry: rows.flatMap((row, index) => row.id === config.later ? [index] : []) }) })
`

describe('a sink that answers row by row', () => {
  const own = (options: string): TestProject => {
    const one = project(`url: here, key: [id]${options}`, { uses: 'activate/own' })
    one.write('sillage.yaml', 'plugins: ["./plugins/*.ts"]\n')
    one.write('plugins/own.ts', rowByRow)
    return one
  }

  it('names refused rows: they stand in reject.<stage> with its words, and are not sent again until they change', async () => {
    using one = own(', bad: 2')
    const first = await run(one)
    expect(first.exit, first.err).toBe(0)
    expect(first.crm).toMatchObject({ due: 3, sent: 2, refused: 1, held: 0 })
    expect(first.told.steps.find(({ stage }) => stage === 'crm')).toMatchObject({ rejected: 1, rows_out: 2 })
    const shown = (await one.run(['rejects', 'p', '--output', 'json'])).out
    expect(shown).toContain('no_mailbox')
    expect((await run(one)).crm).toMatchObject({ due: 0, sent: 0, known: 2, refused: 1 })
    one.write('people.csv', csv([...people([1, 3]), ...people([2], 'silver')]))
    expect((await run(one)).crm).toMatchObject({ due: 1, sent: 0, refused: 1 })
    const again = await one.run(['resend', 'p', 'crm', '--failed', '--dry-run'])
    expect(again.err).toContain('1 rows')
  })

  it('sends later what it can take later', async () => {
    using one = own(', later: 3')
    const first = await run(one)
    expect(first.exit).toBe(1)
    expect(first.crm).toMatchObject({ sent: 2, held: 1 })
    one.write(
      'pipeline.yaml',
      readFileSync(join(one.folder, 'pipeline.yaml'), 'utf8').replace(', later: 3', ''),
    )
    expect((await run(one)).crm).toMatchObject({ sent: 1, known: 2 })
  })

  it('must say what became of every row', async () => {
    using one = own(', count: 2')
    const { exit, crm } = await run(one)
    expect(exit).toBe(1)
    expect(crm.error!.message).toMatch(/counts 2 accepted rows of 3/)
  })
})

describe('a file', () => {
  it.each(['append', 'upsert'])(
    'of mode %s holds the due rows of one run, until the next that has some',
    async (mode) => {
      using one = project(`path: out/new.csv, key: [id], mode: ${mode}`, { uses: 'activate/file' })
      const file = () => readFileSync(join(one.folder, 'out/new.csv'), 'utf8')
      await run(one)
      expect(file()).toBe('id,tier\n1,gold\n2,gold\n3,gold\n')
      one.write('people.csv', csv(people(range(1, 4))))
      await run(one)
      expect(file()).toBe('id,tier\n4,gold\n')
      expect((await run(one)).crm).toMatchObject({ due: 0, known: 4 })
      expect(file()).toBe('id,tier\n4,gold\n')
    },
  )

  it('that was changed or removed is noticed and written again', async () => {
    using one = project('path: out/all.csv', { uses: 'activate/file' })
    await run(one)
    const path = join(one.folder, 'out/all.csv')
    const whole = readFileSync(path, 'utf8')
    for (const harm of [() => writeFileSync(path, 'id\n666\n'), () => rmSync(path)]) {
      harm()
      const { crm, err } = await run(one)
      expect(crm.status, err).toBe('sent')
      expect(readFileSync(path, 'utf8')).toBe(whole)
    }
    expect((await run(one)).crm.status).toBe('known')
  })

  it('cannot be mirrored', async () => {
    using one = project('path: out/all.csv, mode: mirror', { uses: 'activate/file' })
    const ended = await one.run(['validate', '--output', 'json'])
    expect(ended.exit).toBe(78)
    expect(ended.out).toContain('mode_not_for_files')
  })

  it.each([
    'state/suppression.key',
    'pipeline.yaml',
    'sillage.yaml',
    'secrets/tok',
    '.sillage/p/work.duckdb',
    '.sillage/p/sources.json',
    'marts/p.duckdb',
    './out/../pipeline.yaml',
    'link/tok',
    'plugins/own.ts',
    'node_modules/x.csv',
  ])('is no part of the project: %s', async (path) => {
    using one = project(`path: "${path}", format: csv`, { uses: 'activate/file' })
    one.write('sillage.yaml', '{}\n')
    one.write('secrets/tok', 'hush')
    one.write('plugins/own.ts', '// mine\n')
    symlinkSync('secrets', join(one.folder, 'link'))
    const ended = await one.run(['run', '--output', 'json'])
    expect(ended.exit, ended.out).toBe(78)
    expect(ended.out).toContain('destination_of_project')
    expect(readFileSync(join(one.folder, 'secrets/tok'), 'utf8')).toBe('hush')
  })

  it('is not written over what no run delivered', async () => {
    using one = project('path: notes.csv', { uses: 'activate/file' })
    one.write('notes.csv', 'mine\n1\n')
    const { exit, crm } = await run(one)
    expect(exit).toBe(1)
    expect(crm.error).toMatchObject({ code: 'destination_not_ours' })
    expect(readFileSync(join(one.folder, 'notes.csv'), 'utf8')).toBe('mine\n1\n')
  })

  it('that two stages reach through a link is one', async () => {
    using one = project('path: out/a.csv', { uses: 'activate/file' })
    mkdirSync(join(one.folder, 'out'))
    symlinkSync('out', join(one.folder, 'also'))
    const yaml = readFileSync(join(one.folder, 'pipeline.yaml'), 'utf8')
    one.write(
      'pipeline.yaml',
      yaml.replace(
        'marts:',
        '  too: { uses: activate/file, from: people, with: { path: also/a.csv } }\nmarts:',
      ),
    )
    const ended = await one.run(['validate', '--output', 'json'])
    expect(ended.exit).toBe(78)
    expect(ended.out).toContain('destination_taken')
  })
})

describe('environments', () => {
  const environments = 'environments: { prod: { send: true }, dev: {}, test: { outputs: made } }\n'

  it('write below outputs/@name where they do not send, and each has its own file', async () => {
    using one = project('path: out/all.csv', { uses: 'activate/file' })
    one.write('sillage.yaml', environments)
    await one.run(['run', '--env', 'prod'])
    one.write('people.csv', csv(people([9])))
    await one.run(['run', '--env', 'dev'])
    await one.run(['run', '--env', 'test'])
    const read = (path: string) => readFileSync(join(one.folder, path), 'utf8')
    expect(read('out/all.csv')).toContain('3,gold')
    expect(read('outputs/@dev/out/all.csv')).toBe('id,tier\n9,gold\n')
    expect(read('made/out/all.csv')).toBe('id,tier\n9,gold\n')
    await one.run(['run', '--env', 'prod'])
    expect(read('out/all.csv')).toBe('id,tier\n9,gold\n')
  })

  it('that both send to one place are an error, unless the stage shares it or the place differs', async () => {
    using one = project('url: "http://127.0.0.1:9/x"')
    one.write('sillage.yaml', 'environments: { prod: { send: true }, live: { send: true } }\n')
    const ended = await one.run(['validate', '--output', 'json'])
    expect(ended.exit).toBe(78)
    expect(ended.out).toContain('environments_deliver_alike')
    const yaml = readFileSync(join(one.folder, 'pipeline.yaml'), 'utf8')
    one.write('pipeline.yaml', yaml.replace('from: people, with', 'from: people, shared: true, with'))
    expect((await one.run(['validate'])).exit).toBe(0)
    one.write('pipeline.yaml', yaml.replace('http://127.0.0.1:9/x', '$' + '{env:CRM}'))
    expect((await one.run(['validate'], { CRM: 'http://127.0.0.1:9/x' })).exit).toBe(0)
  })
})

it('two runs that deliver to one place at a time are refused', async () => {
  const server = createServer((_, response) => void setTimeout(() => response.end(), 1500))
  await new Promise<void>((ready) => server.listen(0, '127.0.0.1', ready))
  const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}/x`
  using one = project(`url: "${url}", key: [id], batch: 1`)
  const yaml = readFileSync(join(one.folder, 'pipeline.yaml'), 'utf8')
  one.write('other.yaml', yaml.replace('pipeline: p', 'pipeline: other'))
  try {
    const first = one.start(['run', 'pipeline.yaml'])
    const ended = one.ended(first)
    await new Promise<void>((sent) => server.once('request', () => sent()))
    const second = await one.run(['run', 'other.yaml', '--output', 'json'])
    expect(failure(second, 75).code).toBe('destination_busy')
    expect((await ended).exit).toBe(0)
  } finally {
    server.closeAllConnections()
    server.close()
  }
})

it('gc makes the segments of what was accepted one, and what is due stays the same', async () => {
  using target = await Receiver.open()
  using one = project(`url: "${target.url}", key: [id]`)
  for (const tier of ['gold', 'silver', 'gold']) {
    one.write('people.csv', csv(people(range(1, 3), tier)))
    await run(one)
  }
  const places = () => one.files('state/deliveries').length
  expect(places()).toBe(4)
  expect((await one.run(['gc', 'p'])).exit).toBe(0)
  expect(places()).toBe(2)
  expect((await run(one)).crm).toMatchObject({ due: 0, known: 3 })
  rmSync(join(one.folder, '.sillage'), { recursive: true })
  expect((await run(one)).crm).toMatchObject({ due: 0, known: 3 })
  expect(existsSync(join(one.folder, 'marts/p.duckdb'))).toBe(true)
})
