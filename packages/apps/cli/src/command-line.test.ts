import { execFileSync } from 'node:child_process'
import { existsSync, readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { succeeded } from './testing/outcome.ts'
import { TestProject } from './testing/project.ts'

const bin = fileURLToPath(new URL('../bin/sillage.mjs', import.meta.url))

describe('in a project', () => {
  const shop = new TestProject()
  beforeAll(async () => {
    expect((await shop.run(['init', '--output', 'json'])).exit).toBe(0)
    succeeded(await shop.run(['run', '--output', 'json']))
  })
  afterAll(() => shop[Symbol.dispose]())

  it.each<[key: string, args: string[]]>([
    ['valid', ['validate']],
    ['steps', ['plan']],
    ['run', ['run', '--select', 'scored']],
    ['columns', ['show', 'lines']],
    ['columns', ['show', 'reject.lines', '--limit', '1']],
    ['columns', ['profile', 'lines']],
    ['rows', ['query', 'shop', 'show all tables']],
    ['rows', ['query', 'show all tables']],
    ['runs', ['status']],
    ['plugins', ['plugins']],
    ['name', ['plugins', 'show', 'clean/contract']],
    ['$schema', ['schema']],
  ])('JSON with %j comes from %j, one document and nothing else', async (key, args) => {
    const ended = await shop.run([...args, '--output', 'json'])
    expect(ended.exit, ended.err + ended.out).toBe(0)
    expect(ended.json()).toHaveProperty([key])
  })

  it.concurrent.each<[code: string, exit: number, args: string[]]>([
    ['usage', 2, ['frobnicate']],
    ['usage', 2, ['run', '--frob']],
    ['usage', 2, ['run', '--threads', 'x']],
    ['usage', 2, ['run', '--memory', '1']],
    ['usage', 2, ['run', '--sample', '0']],
    ['usage', 2, ['run', '--param', 'x']],
    ['usage', 2, ['show']],
    ['usage', 2, ['schema', 'x']],
    ['param_unknown', 2, ['run', '--param', 'x=1']],
    ['pipeline_unknown', 2, ['plan', 'nope']],
    ['file_unreadable', 2, ['validate', 'nope.yaml']],
    ['plugin_unknown', 2, ['plugins', 'show', 'clean/contrat']],
    ['mart_missing', 2, ['query', 'nope.duckdb', 'select 1']],
    ['statement_missing', 2, ['query', 'shop']],
    ['statement_missing', 2, ['query']],
    ['query_failed', 1, ['query', 'shop', 'selec 1']],
    ['not_one_statement', 2, ['query', 'shop', 'select 1; select 2']],
    ['not_one_statement', 2, ['query', 'shop', '']],
    ['not_reading', 2, ['query', 'shop', 'create table x (a int)']],
    ['not_reading', 2, ['query', 'shop', 'drop table customers']],
    ['not_reading', 2, ['query', 'shop', "copy customers to 'leak.csv'"]],
    ['not_reading', 2, ['query', 'shop', 'install httpfs']],
    ['file_not_found', 1, ['schema', '--write', 'no/such/folder.json']],
    ['init_occupied', 2, ['init']],
    ['init_source', 2, ['init', 'new', '--from', 'nope.csv']],
  ])('JSON says %j (exit %i) for %j, with a hint', async (code, exit, args) => {
    const ended = await shop.run([...args, '--output', 'json'])
    expect(
      [ended.exit, (ended.json() as { readonly error: { readonly code: string } }).error.code],
      ended.err,
    ).toEqual([exit, code])
    expect((ended.json() as { readonly error: { readonly hint?: string } }).error.hint).toBeTruthy()
    expect(ended.err).not.toMatch(/\n\s+at /)
    expect(existsSync(join(shop.folder, 'new'))).toBe(false)
  })

  it('a stage or a condition that is not there is told with what there is', async () => {
    for (const [args, code, hint] of [
      [['run', '--select', 'scord'], 'stage_unknown', 'scored'],
      [['show', 'lins'], 'stage_unknown', 'lines'],
      [['profile', 'lins'], 'stage_unknown', 'lines'],
      [['show', 'lines', '--where', 'nope = 1'], 'condition_invalid', 'amount'],
      [['show', 'lines', '--where', '1 = 1) limit 0; drop table x; --'], 'condition_invalid', 'amount'],
    ] as const) {
      const ended = await shop.run([...args, '--output', 'json'])
      expect(ended.exit, ended.out).toBe(2)
      const { error } = ended.json() as { readonly error: Readonly<Record<string, string>> }
      expect(error.code).toBe(code)
      expect(error.hint).toContain(hint)
    }
  })

  it('a dry run, a sample and a selection publish and send nothing; one thread and little memory give the same mart', async () => {
    const versions = () => readdirSync(join(shop.folder, 'marts/.versions/shop'))
    const list = readFileSync(join(shop.folder, 'out/call-list.csv'), 'utf8')
    const before = versions()
    const data = readFileSync(join(shop.folder, 'data/orders.csv'), 'utf8')
    shop.write('data/orders.csv', `${data}1011,C09,2024-01-01,10.00\n1012,C09,2024-01-02,10.00\n`)
    for (const args of [['--dry-run'], ['--sample', '3'], ['--select', 'customers']])
      succeeded(await shop.run(['run', ...args, '--output', 'json']))
    expect(versions()).toEqual(before)
    expect(readFileSync(join(shop.folder, 'out/call-list.csv'), 'utf8')).toBe(list)
    const mart = async () =>
      (await shop.run(['query', 'shop', 'from customers order by all', '--output', 'json'])).out
    succeeded(await shop.run(['run', '--output', 'json']))
    const many = await mart()
    expect(many).toContain('C09')
    succeeded(
      await shop.run(['run', '--full-refresh', '--threads', '1', '--memory', '64MB', '--output', 'json']),
    )
    expect(await mart()).toBe(many)
  })

  it('a reader that leaves early ends nothing, and NO_COLOR is kept', async () => {
    const shell = (command: string): string =>
      execFileSync('bash', ['-c', `set -o pipefail; ${command}`], { cwd: shop.folder, encoding: 'utf8' })
    expect(shell(`${process.execPath} ${bin} schema | head -1`)).toBe('{\n')
    expect(shell(`${process.execPath} ${bin} run --full-refresh 2>&1 | head -1`)).toContain(
      'as of 2026-01-01',
    )
    const { runs } = (await shop.run(['status', '--output', 'json'])).json() as {
      readonly runs: readonly { readonly status: string }[]
    }
    expect(runs[0]!.status).toBe('succeeded')
    const { out, err } = await shop.run(['run'])
    expect(out + err).not.toContain('\u001b')
  })
})

describe('a first contract', () => {
  it('of a file with odd headers validates and runs', async () => {
    using project = new TestProject({
      'my Ördèrs (1).csv':
        'Prénom client;Prénom Client;2024;;"a ""b""";select\nZoé;x;1;2;3;2024-01-31\nÀ;y;2;3;4;2024-02-29\n',
    })
    const made = await project.run(['init', '--from', 'my Ördèrs (1).csv', '--output', 'json'])
    expect(made.exit, made.out).toBe(0)
    expect((await project.run(['validate'])).exit).toBe(0)
    const { steps } = succeeded(await project.run(['run', '--output', 'json']))
    expect(steps.map((step) => [step.rows_out, step.rejected])).toEqual([
      [2, 0],
      [2, 0],
    ])
  })
})

describe('a first contract of a French file', () => {
  it('finds dates and decimal commas where every value says so, and leaves what is ambiguous text', async () => {
    const lines = [
      'Date achat;Montant;Solde;Code;Ambigu;Tél;Vide;Faux',
      '23/05/2014;1 234,56;7;007,5;01/02/2014;0612345678;;31/12/2013',
      '01/12/2013;12,5;-3,25;12;03/04/2014;0612345679;;31/02/2013',
    ]
    using project = new TestProject({ 'ventes.csv': Buffer.from(`${lines.join('\r\n')}\r\n`, 'latin1') })
    expect((await project.run(['init', '--from', 'ventes.csv'])).exit).toBe(0)
    expect(project.files('.').find((text) => text.startsWith('pipeline:'))).toMatch(
      /date_achat: .* type: date, format: "%d\/%m\/%Y" }.*montant: .*type: "decimal\(18,2\)", decimal: ",", thousands: " " }.*solde: .*type: "decimal\(18,2\)", decimal: "," }.*code: .*type: text }.*ambigu: .*type: text }.*tel: .*type: text }.*vide: .*type: text }.*faux: .*type: text }/s,
    )
    const { steps } = succeeded(await project.run(['run', '--output', 'json']))
    expect(steps.map((step) => [step.rows_out, step.rejected])).toEqual([
      [2, 0],
      [2, 0],
    ])
    const asked = await project.run([
      'query',
      'ventes',
      'select date_achat, montant, solde from rows order by 1',
      '--output',
      'json',
    ])
    expect((asked.json() as { readonly rows: unknown }).rows).toEqual([
      { date_achat: '2013-12-01', montant: '12.50', solde: '-3.25' },
      { date_achat: '2014-05-23', montant: '1234.56', solde: '7.00' },
    ])
  })
})

describe('parameters', () => {
  it('of the wrong type are refused by name', async () => {
    using project = new TestProject({
      'a.csv': 'id\n1\n',
      'pipeline.yaml':
        'pipeline: p\nparams: { day: { type: date, default: 2026-01-01 }, n: { type: integer, default: 1 } }\nas_of: "$' +
        '{param:day}"\nstages:\n  raw: { uses: collect/csv, with: { path: a.csv } }\n',
    })
    for (const [given, name] of [
      ['day=2026-02-30', 'day'],
      ['n=1.5', 'n'],
    ] as const) {
      const ended = await project.run(['validate', '--param', given, '--output', 'json'])
      expect(ended.exit).toBe(78)
      const { diagnostics } = ended.json() as {
        readonly diagnostics: readonly Readonly<Record<string, string>>[]
      }
      expect(diagnostics.find((found) => found.code === 'param_invalid')!.message).toContain(`"${name}"`)
    }
    expect((await project.run(['validate', '--param', 'day=2026-02-28'])).exit).toBe(0)
  })

  it('leave their names in the journal and the ledger, not their values', async () => {
    using project = new TestProject({
      'a.csv': 'id\n1\n',
      'pipeline.yaml': `pipeline: p
params: { buyer: { type: text, default: x } }
stages:
  raw: { uses: collect/csv, with: { path: a.csv } }
  mine: { uses: enrich/derive, from: raw, with: { columns: { n: "id + 1" } } }
marts: { mine: { from: mine } }
`,
    })
    succeeded(await project.run(['run', '--param', 'buyer=zoe@example.org', '--output', 'json']))
    const journals = project.files('.sillage/p/runs')
    expect(journals.join('\n')).toMatch(/"command":"sillage run --param buyer=[^ a-z]+ --output json"/)
    for (const text of [...journals, ...project.files('.sillage'), ...project.files('marts')])
      expect(text).not.toContain('zoe@example.org')
  })
})

it('no value, column or message out of a file reaches the terminal with control characters', async () => {
  const tricks = '\u001b[2J\u001b]0;title\u0007\u009b1m\u202e'
  using project = new TestProject({
    'a.csv': `id,"na${tricks}me","two\nlines"\n1,"x${tricks}",y\n2,"z${tricks}"\nb${tricks},c,d\n`,
    'pipeline.yaml': `pipeline: p
stages:
  raw: { uses: collect/csv, with: { path: a.csv, delimiter: ",", all_text: true } }
  rows: { uses: clean/contract, from: raw, with: { others: keep, columns: { id: { type: integer } } } }
marts: { rows: { from: rows } }
`,
  })
  succeeded(await project.run(['run', '--output', 'json']))
  for (const args of [
    ['show', 'raw'],
    ['show', 'reject.rows'],
    ['rejects'],
    ['query', 'p', 'from rows'],
    ['query', 'p', `select ${tricks}`],
    ['profile', 'rows'],
    ['explain', 'p', '--key', 'id=1'],
    ['show', 'rows', '--where', `${tricks} = 1`],
  ]) {
    const { out, err } = await project.run(args)
    expect(out + err).not.toBe('')
    // biome-ignore lint/suspicious/noControlCharactersInRegex: they are what is looked for
    expect(out + err, args.join(' ')).not.toMatch(/[\u0000-\u0009\u000b-\u001f\u007f-\u009f\u202e]/)
  }
})
