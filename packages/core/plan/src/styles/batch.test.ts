import { type BatchPlugin, type Column, defineBatch, sql, t } from '@sillage/sdk'
import { expect, test } from 'vitest'
import { compileBatch } from './batch.ts'
import type { StyleFacts } from './common.ts'

const id = { name: 'id', type: 'BIGINT' }
const city = { name: 'city', type: 'VARCHAR', personal: true }
const made = { name: 'made', type: 'DOUBLE' }

/** A batch step over `id` and `city`, beside which `rates` may be read. */
function compile(
  more: Partial<BatchPlugin>,
  facts: { readonly provenance?: boolean; readonly carries?: boolean } = {},
) {
  const plugin = defineBatch({
    name: 'enrich/own',
    summary: 'A test.',
    config: t.object({}),
    examples: [],
    rows: 'same',
    incremental: 'by_row',
    reads: () => ['id'],
    output: () => [made],
    batch: ({ batch }) => batch,
    ...more,
  } as Parameters<typeof defineBatch>[0])
  const columns: Readonly<Record<string, readonly Column[]>> = { input: [id, city], rates: [made] }
  const { provenance = false, carries = false } = facts
  return compileBatch({
    stage: {
      name: 'step',
      config: {},
      inputs: {},
      expect: [],
      onReject: 'quarantine',
      tags: [],
      plugin: { name: plugin.name },
    },
    plugin,
    context: {
      readers: new Map([['step', { stages: [], marts: 1, checks: 0 }]]),
      steps: new Map(),
      plugins: new Map(),
    },
    inputs: { first: columns.input, columns, notes: columns.input, provenance },
    facts: { input: sql.id('clean', 'rows'), relations: { rates: sql.id('enrich', 'rates') }, carries },
  } as unknown as StyleFacts<BatchPlugin>)
}

const names = (columns: readonly Column[]): readonly string[] => columns.map(({ name }) => name)

test('a step that reads no column gets the first, which tells how many rows there are', () => {
  expect(compile({ reads: () => [] }).reads).toEqual(['id'])
  expect(compile({ reads: () => ['city'] }).reads).toEqual(['city'])
})

test('a step leaves what it does not make as it came, but a group has nothing else than what is made', () => {
  expect(names(compile({}).columns)).toEqual(['id', 'city', 'made'])
  expect(names(compile({ drops: () => ['id'] }).columns)).toEqual(['city', 'made'])
  const group = compile({
    rows: 'group',
    incremental: 'by_key',
    key: () => ['city'],
    output: () => [city, made],
  })
  expect(names(group.columns)).toEqual(['city', 'made'])
  expect(group.key).toEqual(['city'])
})

test('a plugin that says nothing of its rows gives one for each', () => {
  const silent = { rows: undefined, incremental: undefined } as unknown as Partial<BatchPlugin>
  expect(compile(silent)).toMatchObject({ rows: 'same', incremental: 'by_row', key: [] })
})

test('rows carry their places where a step behind asks, and groups stand in none', () => {
  const asked = { provenance: true, carries: true }
  expect(compile({}, asked)).toMatchObject({ provenance: true, carries: true })
  expect(compile({}, { provenance: true })).toMatchObject({ provenance: false, carries: false })
  const refuses = { rejects: () => [{ code: 'odd', message: 'It is odd.' }] }
  expect(compile(refuses, { provenance: true })).toMatchObject({ provenance: true, carries: false })
  const group = { rows: 'group', incremental: 'by_key', key: () => ['city'] } as const
  expect(compile(group, asked)).toMatchObject({ provenance: false, carries: false })
})

test('what is read beside comes with the relation and the types of its columns', () => {
  const { beside } = compile({ readsBeside: () => ({ rates: ['made'] }) })
  expect(beside).toEqual({ rates: { relation: '"enrich"."rates"', columns: [made] } })
})

test('a further output holds what is personal unless it has a name that is not', () => {
  const { outputs } = compile({
    outputs: { left: 'rows' },
    outputColumns: () => ({ left: [id, { name: 'why', type: 'VARCHAR' }] }),
  })
  expect(outputs!.left!.columns).toEqual([id, { name: 'why', type: 'VARCHAR', personal: true }])
})

test.each([
  [{ reads: () => ['town'] }, 'it reads a column "town", which its input does not have'],
  [
    { readsBeside: () => ({ rates: ['day'] }) },
    'it reads a column "day", which its input "rates" does not have',
  ],
  [{ incremental: 'by_key' }, 'it works by key and names none'],
  [{ incremental: 'by_key', key: () => ['town'] }, 'it reads a column "town", which its input does not have'],
  [{ rows: 'group' }, 'it does "group" and names no key'],
  [{ rows: 'merge' }, 'it does "merge" and names no key'],
] as readonly (readonly [Partial<BatchPlugin>, string])[])(
  'what cannot be is refused: %#',
  (more, message) => {
    expect(() => compile(more)).toThrow(
      expect.objectContaining({ code: 'declaration_invalid', message: expect.stringContaining(message) }),
    )
  },
)
