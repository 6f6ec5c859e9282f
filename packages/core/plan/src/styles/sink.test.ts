import { join } from 'node:path'
import { defineSink, sql, t } from '@sillage/sdk'
import { afterAll, describe, expect, it } from 'vitest'
import { SmallPlan } from '../testing/small-plan.ts'
import type { SinkStep } from './sink-step.ts'

const list = defineSink({
  name: 'activate/list',
  summary: 'Writes a file.',
  config: t.object({ path: t.path(), columns: t.optional(t.columns()) }),
  examples: [],
  payload: ({ input, config, key }) =>
    sql`select ${config.columns ? sql.join(config.columns.map((name) => sql.id(name))) : sql`*`} from ${input} order by ${key.length > 0 ? sql.join(key.map((name) => sql.id(name))) : sql`all`}`,
  files: ({ config, payload, context }) => [
    { select: sql`select * from ${payload}`, path: context.resolve(config.path), format: 'csv' },
  ],
})
const tell = defineSink({
  name: 'activate/tell',
  summary: 'Tells.',
  config: t.object({
    url: t.text(),
    note: t.optional(t.text()),
    columns: t.optional(t.columns()),
    file: t.optional(t.path()),
  }),
  examples: [],
  payload: ({ input, config }) =>
    sql`select ${config.columns ? sql.join(config.columns.map((name) => sql.id(name))) : sql`*`} from ${input}`,
  write: async () => ({ destination: '' }),
})
const told = defineSink({
  ...tell,
  name: 'activate/told',
  config: t.object({ url: t.text() }),
  destination: ({ url }: { readonly url: string }) => `at ${url}`,
} as never)

const text = (stage: string, marts = '{ people: { from: rows, key: [id] } }') => `pipeline: small
stages:
  rows: { uses: collect/rows, with: { path: in/a.csv } }
  out: ${stage}
marts: ${marts}
`
const one = new SmallPlan([list, tell, told], { 'in/a.csv': 'id,town\n1,a\n', 'pipeline.yaml': text('') })
afterAll(() => one[Symbol.asyncDispose]())
const out = async (stage: string, marts?: string) => {
  one.write('pipeline.yaml', text(stage, marts))
  return (await one.steps()).out as SinkStep
}
const problems = async (stage: string, marts?: string) => {
  one.write('pipeline.yaml', text(stage, marts))
  return (await one.told()).map((line) => line.replace(/^\d+ /, ''))
}

describe('a delivery', () => {
  it('of files is of all rows, to their paths; of messages of those that changed, to where the options say', async () => {
    const file = await out('{ uses: activate/list, from: rows, with: { path: out/a.csv } }')
    expect(file.delivery).toEqual({
      mode: 'full',
      key: ['id'],
      maxRemoved: 0.2,
      destination: 'out/a.csv',
      shared: false,
    })
    expect(file.files).toEqual([
      {
        select: 'select * from "sillage_payload"',
        path: join(one.folder, 'out/a.csv'),
        format: 'csv',
        options: {},
      },
    ])
    expect(file.payload).toContain('order by "id"')
    expect([file.stored, file.columns.map(({ name }) => name)]).toEqual([undefined, ['id', 'town']])
    const message = await out(
      '{ uses: activate/tell, from: rows, with: { url: "https://a", note: b, file: c, max_removed: 0.5, mode: mirror }, shared: true }',
    )
    expect(message.delivery).toEqual({
      mode: 'mirror',
      key: ['id'],
      maxRemoved: 0.5,
      destination: 'activate/tell url="https://a" file="c"',
      shared: true,
    })
    expect((await out('{ uses: activate/told, from: rows, with: { url: a } }')).delivery).toMatchObject({
      destination: 'at a',
      mode: 'upsert',
    })
  })

  it('knows a row by the key that is given, else by that of the mart with the same rows, if it is sent', async () => {
    const key = async (more: string, marts?: string) =>
      (await out(`{ uses: activate/tell, from: rows, with: { url: a${more} } }`, marts)).delivery.key
    expect(await key('')).toEqual(['id'])
    expect(await key(', key: [town]')).toEqual(['town'])
    expect(await key(', columns: [town]')).toEqual([])
    expect(await key('', '{ people: { from: rows } }')).toEqual([])
    expect(await key('', '{ none: { from: rows }, people: { from: rows, key: [town] } }')).toEqual(['town'])
  })

  it.each([
    [
      '{ uses: activate/tell, from: rows, with: { url: a, columns: [town], key: [id] } }',
      undefined,
      'key_not_sent: "id" is part of the key, but is not among the columns that are sent',
    ],
    [
      '{ uses: activate/list, from: rows, with: { path: a.csv, mode: mirror } }',
      undefined,
      'mode_not_for_files: A file cannot be told what to remove: mirror is for receivers of messages',
    ],
    [
      '{ uses: activate/tell, from: rows, with: { url: a, mode: mirror } }',
      '{ people: { from: rows } }',
      'mirror_needs_key: mirror tells which keys are gone, and this sink has no key',
    ],
  ])('that cannot be is told', async (stage, marts, said) => {
    expect(await problems(stage, marts)).toEqual([said])
  })

  it('has no rows to publish', async () => {
    expect(
      await problems('{ uses: activate/tell, from: rows, with: { url: a } }', '{ out: { from: out } }'),
    ).toEqual(['mart_of_sink: "out" delivers and has no rows to publish'])
  })
})
