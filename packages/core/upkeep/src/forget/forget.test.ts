import { existsSync, readdirSync, readFileSync, statSync } from 'node:fs'
import { join } from 'node:path'
import { duckdbEngine } from '@sillage/duckdb/engine'
import { placesOf } from '@sillage/pipeline'
import type { SinkStep } from '@sillage/plan'
import { openState } from '@sillage/state'
import { afterEach, describe, expect, it } from 'vitest'
import { ask } from '../testing/ask.ts'
import { PeopleProject, people, peoplePipeline } from '../testing/people.ts'
import { type ForgetFacts, type ForgetReceipt, forget } from './forget.ts'

const { openDatabase } = duckdbEngine
const open: PeopleProject[] = []
afterEach(() => {
  for (const project of open.splice(0)) project[Symbol.dispose]()
})

async function ran(files: Readonly<Record<string, string>> = {}): Promise<PeopleProject> {
  const one = new PeopleProject(files)
  open.push(one)
  const { exit } = await one.run()
  expect(exit).toBe(0)
  return one
}

async function forgetting(one: PeopleProject, more: Partial<ForgetFacts> = {}): Promise<ForgetReceipt> {
  const plan = await one.plan()
  return await forget({
    stores: duckdbEngine,
    pipeline: await one.pipeline(),
    keys: [{ column: 'person_id', value: '17850' }],
    sources: [join(one.folder, 'in/a.csv'), join(one.folder, 'in/none.csv'), join(one.folder, 'in/a.csv.gz')],
    sinks: plan.steps.filter((step): step is SinkStep => step.style === 'sink'),
    secret: () => '',
    blankRecords: async () => [],
    command: 'sillage forget',
    now: new Date(Date.UTC(2026, 0, 2)),
    ...more,
  })
}

const versions = (one: PeopleProject) =>
  readdirSync(join(one.folder, 'marts/.versions/small')).map((name) =>
    join(one.folder, 'marts/.versions/small', name),
  )

/** All files that Sillage keeps, in which a text stands as bytes. */
function holding(one: PeopleProject, text: string): readonly string[] {
  return ['.sillage', 'state', 'marts', 'out'].flatMap((root) =>
    readdirSync(join(one.folder, root), { recursive: true, withFileTypes: true })
      .filter((entry) => entry.isFile())
      .map((entry) => join(entry.parentPath, entry.name))
      .filter((file) => new RegExp(`\\b${text}\\b`, 'i').test(readFileSync(file, 'latin1'))),
  )
}

describe('a person that is forgotten', () => {
  it('leaves tables, refused rows, marts, files and the receiver, and nobody else does', async () => {
    const one = await ran()
    one.write('in/b.csv', 'id,mail,town\n5000,zoe@mail.example,Lille\n')
    await one.run()
    expect(versions(one)).toHaveLength(2)
    const told = one.receiver.told.length
    const receipt = await forgetting(one)
    expect(receipt.scan).toEqual({
      relations: expect.any(Number),
      files: expect.any(Number),
      hits: [],
      unread: [],
    })
    expect(receipt.scan.relations).toBeGreaterThan(20)
    expect(receipt.removed.map(({ table, rows, how }) => `${table} ${how} ${rows}`).sort()).toEqual([
      'deliveries key 1',
      'deliveries key 1',
      'list key 1',
      'main.people key 1',
      'main.people key 1',
      'sheet key 1',
      'step.grouped key 1',
      'step.named key 2',
    ])
    expect(holding(one, '17850')).toEqual([])
    expect(holding(one, 'ada@mail')).toEqual([])
    expect(readFileSync(join(one.folder, 'out/list.csv'), 'utf8')).toBe(
      'person_id,email,city,coast\n13047,bob@mail.example,Lyon,inland\n178501,eve@mail.example,Nice,south\n5000,zoe@mail.example,Lille,north\n',
    )
    expect(
      await ask([`select count(*) as n from read_parquet('${join(one.folder, 'out/sheet.parquet')}')`]),
    ).toEqual([{ n: 3 }])
    expect(one.receiver.told.slice(told)).toMatchObject([{ rows: [], removed: [{ person_id: '17850' }] }])
    expect(receipt.mirrors).toEqual([
      { stage: 'crm', destination: 'activate/tell url="https://crm.example/in"', told: true },
    ])
    expect(receipt.sent_to).toEqual(['https://crm.example/in?token=x'])
    expect(receipt.sources.map(({ holds }) => holds)).toEqual(['yes', 'not read', 'not read'])
    expect([receipt.pipeline, receipt.at, receipt.key.columns, receipt.searched]).toEqual([
      'small',
      '2026-01-02T00:00:00.000Z',
      ['person_id'],
      { keys: 1, personal: 1 },
    ])
    expect([receipt.models, receipt.views, receipt.not_traceable]).toEqual([[], [], []])
    for (const path of versions(one)) {
      expect(statSync(path).mode & 0o777).toBe(0o444)
      expect(
        await one.rows('select receipt, rows from sillage.forgotten', path.slice(one.folder.length + 1)),
      ).toEqual([{ receipt: receipt.receipt, rows: expect.any(Number) }])
      expect(
        await one.rows(
          "select comment from duckdb_tables() where table_name = 'people'",
          path.slice(one.folder.length + 1),
        ),
      ).toEqual([{ comment: expect.stringContaining('One row a person.') }])
    }
  })

  it('does not come back, and the files of the sinks are not delivered anew for that', async () => {
    const one = await ran()
    await forgetting(one)
    const { run, exit } = await one.run()
    expect([exit, run.steps[0]!.filtered, run.steps[0]!.rows_out]).toEqual([0, 1, 3])
    expect(await one.rows('select person_id from segment.grouped order by 1')).toEqual([
      { person_id: '13047' },
      { person_id: '178501' },
    ])
    const records = [...openState(placesOf(one.folder).state).read('receipts', 'small')]
    const list = records.filter(({ stage, file }) => stage === 'list' && file !== undefined)
    expect(list[1]).toMatchObject({ file: 'out/list.csv', rows: 2 })
  })

  it('stands in the list of suppressions once, however often it is asked', async () => {
    const one = await ran()
    const first = await forgetting(one)
    await one.run()
    const again = await forgetting(one)
    expect(again.removed).toEqual([])
    expect(again.key.hash).toBe(first.key.hash)
    const known = [...openState(placesOf(one.folder).suppressions).read('suppressions', 'small')]
    expect(known).toEqual([
      {
        hash: first.key.hash,
        keys: [{ column: 'person_id', stages: ['named', 'grouped'] }],
        at: first.at,
        receipt: first.receipt,
      },
    ])
    await forgetting(one, { keys: [{ column: 'person_id', value: '13047' }] })
    expect([...openState(placesOf(one.folder).suppressions).read('suppressions', 'small')]).toHaveLength(2)
  })

  it('is told where it is left, and by what it goes', async () => {
    const one = await ran()
    one.write('.sillage/small/notes.txt', '17850, not 178501')
    one.write('marts/other.duckdb', 'no database')
    const { scan } = await forgetting(one)
    expect(scan.hits).toEqual([
      {
        file: join(one.folder, '.sillage/small/notes.txt'),
        identifier: 'person_id',
        found: 1,
        next: 'Sillage cannot remove it from here: edit or delete the file',
      },
    ])
    expect(scan.unread).toEqual([
      { file: join(one.folder, 'marts/other.duckdb'), why: expect.stringContaining('other.duckdb') },
    ])
  })

  it('takes samples, caches and what a backfill of another layout left with it', async () => {
    const one = await ran()
    const own = join(one.folder, '.sillage/small')
    await one.run({ sample: 2 })
    one.write('.sillage/small/scratch/a.csv', '17850')
    one.write('.sillage/small/bind.json', '17850')
    await ask(['create table a as select 17850 as id', 'select 1'], join(own, 'backfill.duckdb'))
    const { scan } = await forgetting(one)
    expect(scan.hits).toEqual([])
    expect(readdirSync(own).sort()).toEqual(['runs', 'sources.json', 'work.duckdb'])
  })

  it('stays at a receiver that may be told nothing, which is said', async () => {
    const one = await ran()
    const told = one.receiver.told.length
    const { mirrors } = await forgetting(one, { notSent: 'dev does not send' })
    expect(mirrors).toEqual([
      {
        stage: 'crm',
        destination: 'activate/tell url="https://crm.example/in"',
        told: false,
        why: 'dev does not send',
      },
    ])
    expect(one.receiver.told).toHaveLength(told)
    const gone = await ran()
    expect((await forgetting(gone, { sinks: [] })).mirrors).toMatchObject([
      { told: false, why: 'the pipeline has no such stage any more' },
    ])
  })

  it('is told of what says not whose it is: files of another kind, tables without a key', async () => {
    const json = peoplePipeline().replace(
      'path: out/sheet.parquet, format: parquet',
      'path: out/sheet.json, format: json',
    )
    const one = await ran({ 'pipeline.yaml': json.replace('key: [person_id], ', '') })
    const { not_traceable, scan } = await forgetting(one)
    expect(not_traceable).toEqual([{ file: join(one.folder, 'out/sheet.json'), table: 'sheet' }])
    expect(scan.hits).toMatchObject([
      { identifier: 'person_id', found: 1, next: 'sillage run small writes it anew; else delete the file' },
      { identifier: 'mail', found: 1 },
    ])
  })

  it('goes from what was received, by whatever blanks it', async () => {
    const one = await ran()
    const lines = [
      '{"person_id":17850}',
      '{"person_id":13047}',
      '{"note":"ada@mail.example"}',
      '{"id":"17850"}',
      '{"n":17850}',
    ]
    const asked: boolean[] = []
    const { removed } = await forgetting(one, {
      blankRecords: async (isTheirs) => {
        asked.push(...lines.map((line) => isTheirs(line)))
        return [{ file: '/inbox', form: 'letters', records: 2 }]
      },
    })
    expect(asked).toEqual([true, false, true, true, false])
    expect(removed).toContainEqual({ file: '/inbox', table: 'letters', how: 'value', rows: 2 })
  })
})

describe('forgetting', () => {
  it('needs a run before it, of this layout', async () => {
    const one = new PeopleProject()
    open.push(one)
    const refused = { code: 'not_run_yet', hint: expect.stringContaining('sillage run small'), exit: 1 }
    await expect(forgetting(one)).rejects.toMatchObject(refused)
    await ask(
      ['create schema sillage', 'create table sillage.version as select 1 as number', 'select 1'],
      join(one.folder, '.sillage/small/work.duckdb'),
    )
    await expect(forgetting(one)).rejects.toMatchObject(refused)
    expect(existsSync(join(one.folder, 'state'))).toBe(false)
  })

  it('changes nothing where the key is not known, or where another works on it', async () => {
    const one = await ran()
    await expect(forgetting(one, { keys: [{ column: 'persn', value: '1' }] })).rejects.toMatchObject({
      code: 'key_unknown',
    })
    await using _ = await openDatabase({ path: join(one.folder, '.sillage/small/work.duckdb') })
    await expect(forgetting(one)).rejects.toMatchObject({ code: 'busy' })
    expect(existsSync(join(one.folder, 'state/suppressions'))).toBe(false)
    expect(people).toContain('17850')
  })
})
