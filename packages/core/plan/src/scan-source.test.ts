import { defineSource, sql, t } from '@sillage/sdk'
import { afterEach, describe, expect, it } from 'vitest'
import type { Files } from './ports.ts'
import type { SourceStep } from './styles/source-step.ts'
import { addPlugin, SmallPlan } from './testing/small-plan.ts'

const open: SmallPlan[] = []
afterEach(async () => {
  for (const one of open.splice(0)) await one[Symbol.asyncDispose]()
})

const text = (more = '') => `pipeline: small
stages:
  rows: { uses: collect/own, with: { path: "in/*.csv" }${more} }
  next: { uses: enrich/add, from: rows, with: { columns: { x: "1" } } }
marts: { next: { from: next } }
`
/** Files whose old part is known; `seen` is what the source was told of its last scan. */
function small(scan: object = {}, seen: (ReadonlyMap<string, number> | undefined)[] = []): SmallPlan {
  const plugin = defineSource({
    name: 'collect/own',
    summary: 'A test.',
    config: t.object({ path: t.path() }),
    examples: [],
    scan: async ({ config, context }: never) => {
      const { files: find, previous } = context as {
        readonly files: (path: string) => Promise<readonly string[]>
        readonly previous: () => Promise<ReadonlyMap<string, number> | undefined>
      }
      const files = await find((config as { readonly path: string }).path)
      const before = await previous()
      seen.push(before)
      const fresh = files.filter((file) => !before?.has(file))
      const select = (list: readonly string[]) => () =>
        list.length === 0
          ? sql`select 1 as id where false`
          : sql`select * from read_csv(${sql.list(list)}, union_by_name = true)`
      return { files, select: select(files), appended: { select: select(fresh) }, ...scan }
    },
  } as never)
  const one = new SmallPlan([plugin], { 'in/a.csv': 'id,town\n1,a\n', 'pipeline.yaml': text() })
  open.push(one)
  return one
}
const scanned = async (one: SmallPlan) => (await one.steps()).rows as SourceStep
/** The files as they are when a source was read as that step says. */
const after = (step: SourceStep, more: Partial<Files> = {}): Partial<Files> => ({
  lastSource: () => ({ fingerprint: step.fingerprint, parts: step.parts, contents: {} }),
  holds: async () => true,
  ...more,
})

describe('a scan', () => {
  it('tells its files, columns and their state, never their folder', async () => {
    const step = await scanned(small())
    expect(step).toMatchObject({
      style: 'source',
      columns: [
        { name: 'id', type: 'BIGINT' },
        { name: 'town', type: 'VARCHAR' },
      ],
      provenance: false,
      detected: {},
      warnings: [],
      followsGrowth: false,
    })
    expect(step.appended).toBeUndefined()
    expect(step.files.map((file) => file.endsWith('in/a.csv'))).toEqual([true])
    expect(JSON.stringify(step.parts.files)).not.toContain('in/')
    expect(step.parts.files).toMatchObject([{ name: 'a.csv', size: 12 }])
  })

  it('goes on behind the last one where files only grew or came', async () => {
    const seen: (ReadonlyMap<string, number> | undefined)[] = []
    const one = small({}, seen)
    const first = await scanned(one)
    one.files = after(first)
    one.write('in/b.csv', 'id,town\n2,b\n')
    const second = await scanned(one)
    expect([...seen.at(-1)!].map(([file, size]) => [file.split('/').at(-1), size])).toEqual([['a.csv', 12]])
    expect(second.appended).toMatchObject({
      since: first.fingerprint,
      select: expect.stringContaining('b.csv'),
    })
    expect(second.appended!.select).not.toContain('a.csv')
    one.write('in/a.csv', 'id,town\n1,a\n3,c\n')
    expect((await scanned(one)).appended).toBeDefined()
  })

  it.each<[string, (one: SmallPlan, first: SourceStep) => void]>([
    ['a file changed', (one) => one.write('in/a.csv', 'id,town\n9,z\n')],
    ['a file shrank', (one) => one.write('in/a.csv', 'id,town\n')],
    ['a file that grew begins otherwise', (one) => one.write('in/a.csv', 'id,town\n9,z\n3,c\n')],
    [
      'its old part is not held',
      (one, first) => {
        one.write('in/a.csv', 'id,town\n1,a\n3,c\n')
        one.files = after(first, { holds: async () => false })
      },
    ],
    [
      'files of one name stand in two folders',
      (one) => {
        one.write('pipeline.yaml', text().replace('in/*.csv', '{in,more}/*.csv'))
        one.write('more/a.csv', 'id,town\n2,b\n')
      },
    ],
    [
      'its configuration changed',
      (one) => {
        one.write('pipeline.yaml', text().replace('in/*.csv', 'in/a*.csv'))
      },
    ],
    [
      'another version of DuckDB read it',
      (one, first) => {
        one.files = after({ ...first, parts: { ...first.parts, duckdb: 'v0' } })
      },
    ],
    [
      'another plugin read it',
      (one, first) => {
        one.files = after({ ...first, parts: { ...first.parts, plugin: 'other' } })
      },
    ],
    [
      'it was asked for places',
      (one, first) => {
        one.files = after({ ...first, parts: { ...first.parts, provenance: true } })
      },
    ],
    [
      'it had no file',
      (one, first) => {
        one.files = after({ ...first, parts: { ...first.parts, files: [] } })
      },
    ],
    [
      'it stood elsewhere, where rows tell it',
      (one, first) => {
        one.files = after({
          ...first,
          parts: {
            ...first.parts,
            files: first.parts.files.map((file) => ({ ...file, shown: 'old/a.csv' })),
          },
        })
      },
    ],
  ])('reads all again where %s', async (_, change) => {
    const one = small()
    const first = await scanned(one)
    one.files = after(first)
    change(one, first)
    const told = await one.make()
    const rows = told.plan?.steps.find(({ stage }) => stage === 'rows') as SourceStep | undefined
    expect([told.diagnostics, rows?.appended]).toEqual([[], undefined])
  })

  it('reads all again where a file is gone', async () => {
    const one = small()
    one.write('in/b.csv', 'id,town\n2,b\n')
    one.files = after(await scanned(one))
    const { rmSync } = await import('node:fs')
    rmSync(`${one.folder}/in/b.csv`)
    expect((await scanned(one)).appended).toBeUndefined()
  })

  it('gives new rows all columns of the whole, in their types', async () => {
    const one = small()
    one.files = after(await scanned(one))
    one.write('in/b.csv', 'id\nx\n')
    const { appended, columns } = await scanned(one)
    expect(columns.map(({ type }) => type)).toEqual(['VARCHAR', 'VARCHAR'])
    expect(appended!.select).toMatch(/cast\("id" as VARCHAR\) as "id", cast\(null as VARCHAR\) as "town"/)
  })

  it('takes the names of the engine from columns, says so, and never goes on behind such a scan', async () => {
    const one = small()
    one.write('in/a.csv', '_id,id,_,_ID_1,_file\n1,2,3,4,5\n')
    const told = await one.make()
    const step = told.plan!.steps[0] as SourceStep
    expect(step.columns.map(({ name }) => name)).toEqual(['id_1', 'id', 'column', 'ID_1_1', 'file'])
    expect(step.detected).toEqual({ renamed: '_id to id_1, _ to column, _ID_1 to ID_1_1, _file to file' })
    expect(step.warnings).toMatchObject([
      { code: 'columns_renamed', message: expect.stringContaining('_id is called id_1, _ is called column') },
    ])
    expect(step.select).toContain('"_id" as "id_1"')
    one.files = after(step)
    one.write('in/b.csv', '_id,id,_,_ID_1,_file\n1,2,3,4,5\n')
    expect((await scanned(one)).appended).toBeUndefined()
  })

  it('is asked for places where rows may be refused, and keeps those columns to itself', async () => {
    const plugin = defineSource({
      name: 'collect/own',
      summary: 'A test.',
      config: t.object({ path: t.path() }),
      examples: [],
      scan: async ({ config, context }: never) => {
        const files = await (
          context as { readonly files: (path: string) => Promise<readonly string[]> }
        ).files((config as { readonly path: string }).path)
        return {
          files,
          refused: { text: 'select 1' },
          select: ({ provenance }: { readonly provenance: boolean }) =>
            sql`select 1 as id${provenance ? sql`, 'f' as _file, 1 as _line` : sql.empty}`,
        }
      },
    } as never)
    const one = new SmallPlan([plugin, addPlugin], {
      'in/a.csv': 'id\n1\n',
      'pipeline.yaml': text(', on_drift: reject'),
    })
    open.push(one)
    const step = await scanned(one)
    expect([step.provenance, step.columns.map(({ name }) => name), step.refused]).toEqual([
      true,
      ['id'],
      'select 1',
    ])
    expect(step.parts.files).toMatchObject([{ shown: 'in/a.csv' }])
    expect(step.parts).toMatchObject({ named: 'rows' })
    one.write('pipeline.yaml', text())
    expect((await scanned(one)).provenance).toBe(false)
  })
})
