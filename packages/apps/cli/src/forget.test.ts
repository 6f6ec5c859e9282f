import { createHmac } from 'node:crypto'
import { existsSync, readdirSync, readFileSync, rmSync, statSync } from 'node:fs'
import { join } from 'node:path'
import { Database } from '@sillage/duckdb'
import { describe, expect, it } from 'vitest'
import { TestProject } from './testing/project.ts'
import { Receiver } from './testing/receiver.ts'
import { shopOrders, shopPipeline } from './testing/shop.ts'

interface Receipt {
  readonly key: { readonly columns: readonly string[]; readonly hash: string }
  readonly removed: readonly { readonly file: string; readonly table: string; readonly rows: number }[]
  readonly not_traceable: readonly { readonly table: string }[]
  readonly not_searched: readonly object[]
  readonly sent_to: readonly string[]
  readonly sources: readonly { readonly file: string; readonly holds: string }[]
  readonly views: readonly string[]
  readonly scan: {
    readonly relations: number
    readonly hits: readonly { readonly file: string; readonly identifier: string }[]
  }
}

interface Run {
  readonly run: {
    readonly steps: readonly {
      readonly stage: string
      readonly rows_out: number
      readonly filtered: number
    }[]
    readonly error?: { readonly code: string }
  }
}

const shop = (url?: string) =>
  new TestProject({ 'orders.csv': shopOrders, 'pipeline.yaml': shopPipeline(url) })

const key = ['--key', 'customer_id=17850']

async function forget(project: TestProject, env: Readonly<Record<string, string>> = {}) {
  const ended = await project.run(['forget', 'shop', ...key, '--output', 'json'], env)
  return { exit: ended.exit, out: ended.out, receipt: () => ended.json() as Receipt }
}

async function query(project: TestProject, text: string): Promise<readonly unknown[]> {
  const ended = await project.run(['query', 'shop', text, '--output', 'json'])
  return (ended.json() as { readonly rows: readonly unknown[] }).rows
}

async function run(project: TestProject) {
  const ended = await project.run(['run', '--output', 'json'])
  const told = ended.json() as Run & { readonly error?: { readonly code: string } }
  return { exit: ended.exit, error: told.error ?? told.run?.error, steps: told.run?.steps ?? [] }
}

const databases = ({ folder }: TestProject): readonly string[] =>
  ['.sillage', 'marts'].flatMap((root) =>
    readdirSync(join(folder, root), { recursive: true, withFileTypes: true })
      .filter((entry) => entry.isFile() && entry.name.endsWith('.duckdb'))
      .map((entry) => join(entry.parentPath, entry.name)),
  )

/** Tables in which a whole row, as text, has this in it; asked of DuckDB, not of Sillage. */
async function tablesHolding(project: TestProject, text: string): Promise<readonly string[]> {
  const found: string[] = []
  for (const path of databases(project)) {
    await using database = await Database.open({ path, readOnly: true })
    using session = await database.session()
    const tables = await session.rows<{ name: string }>(
      `select '"' || schema_name || '"."' || table_name || '"' as name from duckdb_tables()`,
    )
    for (const { name } of tables) {
      const { n } = await session.row<{ n: number }>(
        `select count(*) as n from ${name} as one where lower(one::varchar) like '%${text}%'`,
      )
      if (n > 0) found.push(name.replace(/-[0-9a-f]{12}\.known"$/, '"'))
    }
  }
  return found
}

describe('forget', () => {
  it('takes a person out of relations, rejects, kept marts, outputs and waiting messages, and nobody else', async () => {
    using target = await Receiver.open()
    using project = shop(target.url)
    expect((await run(project)).exit).toBe(0)
    target.status = 500
    project.write(
      'orders.csv',
      `${shopOrders}7,17850,ada@mail.example,900.00\n8,17999,zoe@mail.example,1.00\n`,
    )
    expect((await run(project)).exit).toBe(1)
    expect(readdirSync(join(project.folder, 'marts/.versions/shop'))).toHaveLength(2)
    for (const text of ['17850', 'ada@mail'])
      expect(new Set(await tablesHolding(project, text))).toEqual(
        new Set([
          // What was accepted names the key alone.
          ...(text === '17850' ? ['"deliver"."crm"'] : []),
          ...['lines', 'customers', 'segmented', 'total'].map((name) => `"step"."${name}"`),
          '"main"."customers"',
          '"main"."lines"',
        ]),
      )
    const { exit, out, receipt } = await forget(project)
    expect(exit).toBe(0)
    expect(out).not.toMatch(/17850|ada@/i)
    expect(receipt().scan.hits).toEqual([])
    expect(receipt().views).toEqual([])
    expect(receipt().scan.relations).toBeGreaterThan(20)
    expect(receipt().sent_to).toEqual([`${target.url}/`])
    expect(receipt().sources).toEqual([{ file: join(project.folder, 'orders.csv'), holds: 'yes' }])
    for (const text of ['17850', 'ada@mail']) expect(await tablesHolding(project, text)).toEqual([])
    const bytes = ['.sillage', 'state', 'marts', 'out'].flatMap((root) => project.files(root)).join('\n')
    expect(bytes).not.toMatch(/17850|ada@mail/i)
    expect(bytes).toMatch(/bob@mail/)
    const rows = receipt().removed.map(({ table, rows }) => `${table} ${rows}`)
    expect(rows.sort()).toEqual([
      'deliveries 1',
      'deliveries 1',
      'list 1',
      'main.customers 1',
      'main.customers 1',
      'main.lines 2',
      'main.lines 3',
      'sheet 1',
      'step.customers 1',
      'step.lines 4',
      'step.segmented 1',
      'step.total 1',
    ])
    expect(await query(project, 'select customer_id from customers order by 1')).toEqual(
      [12583, 13047, 17851, 17999].map((customer_id) => ({ customer_id })),
    )
    expect(await query(project, 'select rows from sillage.forgotten')).toEqual([{ rows: 4 }])
    expect(readFileSync(join(project.folder, 'out/list.csv'), 'utf8')).toBe(
      'customer_id,email,segment\n12583,eve@mail.example,big\n13047,bob@mail.example,small\n17851,ann@mail.example,small\n17999,zoe@mail.example,small\n',
    )
    target.status = 200
    const before = target.received.length
    expect((await run(project)).exit).toBe(0)
    expect(
      target.received.slice(before).map(({ body }) => JSON.parse(body).data.rows[0].customer_id),
    ).toEqual([17999])
  })

  it('keeps a mart read-only, with its comments, and its readers', async () => {
    using project = shop()
    await run(project)
    const [version] = readdirSync(join(project.folder, 'marts/.versions/shop'))
    const path = join(project.folder, 'marts/.versions/shop', version!)
    const commented = `select comment from duckdb_tables() where table_name = 'customers' and schema_name = 'main'`
    await using reader = await Database.open({ path, readOnly: true })
    using session = await reader.session()
    expect((await project.spawn(['forget', 'shop', ...key])).exit).toBe(0)
    expect((await session.row<{ n: number }>('select count(*) as n from customers')).n).toBe(4)
    expect(statSync(path).mode & 0o777).toBe(0o444)
    expect(await query(project, commented)).toEqual([{ comment: 'One row a customer.' }])
    expect(await query(project, 'select count(*) as n from customers')).toEqual([{ n: 3 }])
  })

  it('enters a keyed hash in the list of suppressions, once', async () => {
    using project = shop()
    await run(project)
    const { hash } = (await forget(project)).receipt().key
    const secret = Buffer.from(
      readFileSync(join(project.folder, 'state/suppression.key'), 'utf8').trim(),
      'hex',
    )
    expect(hash).toBe(createHmac('sha256', secret).update('17850').digest('hex'))
    expect(statSync(join(project.folder, 'state/suppression.key')).mode & 0o777).toBe(0o600)
    await run(project)
    const again = await forget(project)
    expect(again).toMatchObject({ exit: 0 })
    expect(again.receipt().removed).toEqual([])
    expect(readdirSync(join(project.folder, 'state/suppressions/shop'))).toHaveLength(1)
  })

  it('that was killed after the person was suppressed is finished by the next one', async () => {
    using project = shop()
    await run(project)
    expect((await forget(project, { SILLAGE_FAULT: 'state.after_rename' })).exit).toBe(-1)
    expect((await tablesHolding(project, '17850')).length).toBeGreaterThan(0)
    const { exit, receipt } = await forget(project)
    expect(exit).toBe(0)
    expect(receipt().scan.hits).toEqual([])
    expect(await tablesHolding(project, '17850')).toEqual([])
  })

  it('says where something is left, and exits 1', async () => {
    using project = shop()
    await run(project)
    project.write(
      '.sillage/shop/notes.txt',
      'call 17850, not 178501; ADA@mail.example no, ada@mail.example yes',
    )
    const { exit, receipt } = await forget(project)
    expect(exit).toBe(1)
    const file = join(project.folder, '.sillage/shop/notes.txt')
    const next = expect.stringContaining('delete the file')
    expect(receipt().scan.hits).toEqual([
      { file, identifier: 'customer_id', found: 1, next },
      { file, identifier: expect.stringMatching(/email/i), found: 1, next },
    ])
    const told = await project.run(['forget', 'shop', ...key])
    expect(told.out).toContain('.sillage/shop/notes.txt bytes: a value of customer_id, 1×')
  })

  it('does not take each digit in a file for a key of one digit, and says so', async () => {
    using project = new TestProject({
      'orders.csv': shopOrders.replaceAll('17850', '2'),
      'pipeline.yaml': shopPipeline(),
    })
    await run(project)
    const ended = await project.run(['forget', 'shop', '--key', 'customer_id=2', '--output', 'json'])
    const receipt = ended.json() as Receipt
    expect([ended.exit, receipt.scan.hits]).toEqual([0, []])
    expect(receipt.removed.length).toBeGreaterThan(0)
    expect(receipt.not_searched).toContainEqual({
      column: 'customer_id',
      values: 1,
      why: 'too short to be told from chance in bytes; tables were searched by value',
    })
  })

  it('waits for no run, and needs one before it', async () => {
    using project = shop()
    const early = await project.run(['forget', 'shop', ...key])
    expect([early.exit, early.err]).toEqual([1, expect.stringContaining('sillage run shop')])
    await run(project)
    await using _held = await Database.open({ path: join(project.folder, '.sillage/shop/work.duckdb') })
    // A process of its own: a lock holds none off that has it.
    expect((await project.spawn(['forget', 'shop', ...key])).exit).toBe(75)
    expect(existsSync(join(project.folder, 'state/suppressions'))).toBe(false)
  })
})

describe('refused rows that do not say whose they are', () => {
  it('go by the personal values of the person, where nobody else has them', async () => {
    using project = shop()
    project.write(
      'orders.csv',
      `${shopOrders}7,,ada@mail.example,1.00\n8,,bob@mail.example,1.00\n9,13047,shared@mail.example,1.00\n10,17850,shared@mail.example,2.00\n`,
    )
    await run(project)
    const { exit, receipt } = await forget(project)
    expect(exit).toBe(0)
    expect(receipt().not_searched).toEqual([
      { column: 'Email', values: 1, why: 'others have the same value' },
    ])
    expect(await tablesHolding(project, 'ada@mail')).toEqual([])
    const shown = await project.run(['show', 'reject.lines', '--output', 'json'])
    expect((shown.json() as { readonly rows: readonly object[] }).rows).toHaveLength(1)
    expect(new Set(await tablesHolding(project, 'shared@mail'))).toEqual(
      new Set(['"step"."lines"', '"main"."lines"']),
    )
  })
})

describe('forget, where the files of the sources are gone', () => {
  it('finds the rows all the same, and says which views the next run makes', async () => {
    using project = shop()
    await run(project)
    rmSync(join(project.folder, 'orders.csv'))
    const { exit, receipt } = await forget(project)
    expect(exit).toBe(0)
    expect(receipt().views).toEqual(['collect.raw'])
    expect(receipt().sources).toEqual([])
    expect(await tablesHolding(project, '17850')).toEqual([])
    project.write('orders.csv', shopOrders)
    expect((await run(project)).steps[0]).toMatchObject({ rows_out: 3, filtered: 3 })
  })
})

describe('someone who was forgotten', () => {
  it('does not come back: by the same file, by new rows, in another spelling, after .sillage is deleted', async () => {
    using project = shop()
    await run(project)
    await forget(project)
    const ids = async () =>
      (await query(project, 'select customer_id from lines order by order_id')).map(
        (row) => (row as { readonly customer_id: number }).customer_id,
      )
    const first = await run(project)
    expect(first.exit).toBe(0)
    expect(first.steps[0]).toMatchObject({ stage: 'raw', rows_out: 3, filtered: 3 })
    expect(await ids()).toEqual([13047, 12583, 17851])
    expect(await query(project, 'select stage, code, rows from sillage.rejects')).toEqual([
      { stage: 'raw', code: 'suppressed', rows: 3 },
    ])
    project.write(
      'orders.csv',
      `${shopOrders}7, 17850 ,x@mail.example,1.00\n8,17850.0,y@mail.example,1.00\n9,1785,z@mail.example,1.00\n`,
    )
    const second = await run(project)
    expect(second.steps[0]).toMatchObject({ stage: 'raw', rows_out: 4, filtered: 5 })
    expect(await ids()).toEqual([13047, 12583, 17851, 1785])
    rmSync(join(project.folder, '.sillage'), { recursive: true })
    expect((await run(project)).exit).toBe(0)
    expect(await ids()).toEqual([13047, 12583, 17851, 1785])
    for (const text of ['17850', 'x@mail', 'ada@mail']) expect(await tablesHolding(project, text)).toEqual([])
  })

  it('stays out in every environment, and under a renamed stage', async () => {
    using project = shop()
    project.write('sillage.yaml', 'environments: { dev: {} }\n')
    await run(project)
    await forget(project)
    const dev = await project.run(['run', '--env', 'dev', '--output', 'json'])
    expect((dev.json() as Run).run.steps[0]).toMatchObject({ rows_out: 3, filtered: 3 })
    project.write('pipeline.yaml', shopPipeline().replaceAll('lines', 'order_lines'))
    expect((await run(project)).steps[0]).toMatchObject({ rows_out: 3, filtered: 3 })
  })

  it('stops a pipeline that could not keep them out: without the key of the list, without their column', async () => {
    using project = shop()
    await run(project)
    await forget(project)
    const file = join(project.folder, 'state/suppression.key')
    const secret = readFileSync(file, 'utf8')
    rmSync(file)
    expect(await run(project)).toMatchObject({ exit: 1, error: { code: 'suppression_key_missing' } })
    project.write('state/suppression.key', secret)
    project.write('orders.csv', shopOrders.replace('Customer ID', 'Client'))
    project.write(
      'pipeline.yaml',
      shopPipeline()
        .replace('customer_id: { from: Customer ID', 'client: { from: Client')
        .replaceAll('customer_id', 'client'),
    )
    const ended = await project.run(['run', '--output', 'json'])
    expect(ended.exit).toBe(78)
    const { diagnostics } = ended.json() as {
      readonly diagnostics: readonly { readonly code: string; readonly severity: string }[]
    }
    expect(diagnostics.filter(({ severity }) => severity === 'error')).toMatchObject([
      { code: 'suppression_unmatched' },
    ])
  })

  it('stays out of a source that refuses rows for a change of its columns', async () => {
    using project = shop()
    project.write(
      'pipeline.yaml',
      shopPipeline().replace('all_text: true } }', 'all_text: true }, on_drift: reject }'),
    )
    await run(project)
    await forget(project)
    const [head, ...rows] = shopOrders.trim().split('\n')
    const noted = rows.map((row) => `${row},${/17850|13047/.test(row) ? 'call ada@mail.example' : ''}`)
    project.write('orders.csv', `${[`${head},Note`, ...noted].join('\n')}\n`)
    const { exit, error, steps } = await run(project)
    expect(exit, JSON.stringify(error)).toBe(0)
    expect(steps[0]).toMatchObject({ stage: 'raw', rows_out: 2, rejected: 1, filtered: 3 })
    expect(await query(project, 'select stage, code, rows from sillage.rejects order by code')).toEqual([
      { stage: 'raw', code: 'column_new', rows: 1 },
      { stage: 'raw', code: 'suppressed', rows: 3 },
    ])
    expect(await tablesHolding(project, '17850')).toEqual([])
  })
})

describe('forget, in other spellings and other places', () => {
  const named = `pipeline: p
as_of: 2026-01-01
stages:
  j: { uses: collect/json, with: { path: n.jsonl } }
  n: { uses: clean/contract, from: j, with: { columns: { id: { type: text, required: true }, name: { type: text, personal: true }, n: { type: integer } } } }
marts: { n: { from: n, key: [id] } }
`
  const bytesOf = (project: TestProject): string =>
    ['.sillage', 'state', 'marts'].flatMap((root) => project.files(root)).join('\n')

  it('finds a name that JSON escapes, whole or in part, in lines that no reader takes', async () => {
    using project = new TestProject({
      'pipeline.yaml': named,
      'n.jsonl': String.raw`{"id":"CUST-7777","name":"Zo\u00e9line \u00dcnikova","n":1}
{"id":"CUST-1","name":"Bob","n":2}
{"name":"Zo\u00e9line \u00dcnikova", "n":
{"name":"ZO\u00C9LINE Ünikova", "n":
{"id":"CUST-8","name":"Ann", "n":
`,
    })
    await project.run(['run'])
    expect(bytesOf(project)).toContain(String.raw`Zo\u00e9line`)
    const ended = await project.run(['forget', 'p', '--key', 'id=CUST-7777', '--output', 'json'])
    expect([ended.exit, (ended.json() as Receipt).scan.hits]).toEqual([0, []])
    expect(bytesOf(project)).not.toMatch(/line \\u00dcnikova|Zo\\u00e9line|ZO\\u00C9LINE/i)
    const left = await project.run(['show', 'reject.j', '-p', 'p'])
    expect(left.out).toContain('CUST-8')
  })

  it('takes what was refused before a replay too', async () => {
    using project = new TestProject({
      'pipeline.yaml': named,
      'n.jsonl': String.raw`{"id":"C-7777","name":"Zo\u00e9line","n":1}
{"id":"C-7777","name":"Zo\u00e9line","n":"many"}
{"id":"C-1","name":"Bob","n":"many"}
`,
    })
    await project.run(['run'])
    project.write('pipeline.yaml', named.replace('type: integer', 'type: text'))
    await project.run(['replay', 'p', '--stage', 'n'])
    const ended = await project.run(['forget', 'p', '--key', 'id=C-7777', '--output', 'json'])
    expect([ended.exit, (ended.json() as Receipt).scan.hits]).toEqual([0, []])
    expect(await tablesHolding(project, 'c-7777')).toEqual([])
    expect(await tablesHolding(project, 'zo')).toEqual([])
  })

  it('reaches the history and what backfills work in, and a date that is computed again stays without them', async () => {
    using project = shop()
    await run(project)
    const months = ['--from', '2025-11-30', '--to', '2025-12-31', '--every', 'month']
    expect((await project.run(['backfill', 'shop', ...months])).exit).toBe(0)
    expect(await tablesHolding(project, '17850')).toContain('"history"."customers"')
    const { exit, receipt } = await forget(project)
    expect([exit, receipt().scan.hits]).toEqual([0, []])
    expect(await tablesHolding(project, '17850')).toEqual([])
    const history = async () =>
      (
        (
          await project.run([
            'query',
            'marts/shop-history.duckdb',
            'select as_of, customer_id from customers order by all',
            '--output',
            'json',
          ])
        ).json() as { readonly rows: readonly unknown[] }
      ).rows.length
    expect(await history()).toBe(6)
    expect((await project.run(['backfill', 'shop', ...months])).exit).toBe(0)
    expect((await run(project)).exit).toBe(0)
    expect(await history()).toBe(6)
    expect((await forget(project)).exit).toBe(0)
    expect(await tablesHolding(project, '17850')).toEqual([])
  })

  const joined = (on: string): string => `pipeline: p
as_of: 2026-01-01
stages:
  o: { uses: collect/csv, with: { path: orders.csv, all_text: true } }
  c: { uses: collect/csv, with: { path: people.csv, all_text: true } }
  people: { uses: clean/contract, from: c, with: { columns: { customer: { from: ${on === '[customer]' ? 'customer' : 'num'}, type: text }, mail: { type: text, personal: true }, town: { type: text } } } }
  both: { uses: enrich/join, from: { left: o, right: people }, with: { on: ${on}, columns: [mail, town] } }
marts: { both: { from: both }, people: { from: people, key: [customer] } }
`

  it.each([
    ['[customer]', 'customer'],
    ['{ buyer: customer }', 'num'],
  ])('follows the key through a join on %s, to both sides', async (on, heading) => {
    const left = on === '[customer]' ? 'customer' : 'buyer'
    using project = new TestProject({
      'pipeline.yaml': joined(on),
      'orders.csv': `order,${left}\n1,CUST-1\n2,CUST-2\n`,
      'people.csv': `${heading},mail,town\nCUST-1,zoe@mail.example,Dax\nCUST-2,bob@mail.example,Pau\n`,
    })
    await project.run(['run'])
    const ended = await project.run(['forget', 'p', '--key', `${left}=CUST-1`, '--output', 'json'])
    expect([ended.exit, (ended.json() as Receipt).scan.hits]).toEqual([0, []])
    for (const text of ['cust-1', 'zoe@']) expect(await tablesHolding(project, text)).toEqual([])
    expect(await tablesHolding(project, 'bob@')).toContain('"main"."people"')
  })

  it('says under each hit what to do next', async () => {
    using project = shop()
    project.write('sillage.yaml', 'environments: { dev: {} }\n')
    await run(project)
    await project.run(['run', '--env', 'dev'])
    const told = await project.run(['forget', 'shop', ...key])
    expect(told.exit).toBe(1)
    expect(told.out).toMatch(
      /@dev\/shop\/work\.duckdb .*\n\s+→ sillage forget shop --key customer_id=… --env dev/,
    )
    expect(told.out).not.toContain('17850')
    expect((await project.run(['forget', 'shop', ...key, '--env', 'dev'])).exit).toBe(0)
    expect((await project.run(['forget', 'shop', ...key])).exit).toBe(0)
  })
})
