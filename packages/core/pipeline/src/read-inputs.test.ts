import type { Diagnostic } from '@sillage/base'
import { expect, test } from 'vitest'
import type { KnownPlugin } from './pipeline.ts'
import { type FromText, readInputs } from './read-inputs.ts'

const locate = { key: () => undefined, value: () => undefined } as never

function read(from: FromText | undefined, plugin: Pick<KnownPlugin, 'inputs'> & Partial<KnownPlugin>) {
  const diagnostics: Diagnostic[] = []
  const facts = { name: 'made', from, plugin: { name: 'enrich/own', ...plugin } as KnownPlugin, locate }
  return { inputs: readInputs(facts, diagnostics), codes: diagnostics.map(({ code }) => code) }
}

const open = { inputs: {}, openInputs: 'tables' }
const one = { inputs: { input: 'rows' } }
const two = { inputs: { left: 'rows', right: 'rows' } }
const half = { inputs: { lines: 'rows' }, openInputs: 'tables' }

const ref = (stage: string, output?: string) => [{ stage, ...(output === undefined ? {} : { output }) }]

test.each([
  ['a', one, { input: ref('a') }],
  [['a', 'b.out'], one, { input: [...ref('a'), ...ref('b', 'out')] }],
  [['a', 'b'], two, { left: ref('a'), right: ref('b') }],
  [{ right: 'b', left: 'a' }, two, { left: ref('a'), right: ref('b') }],
  ['lines', open, { lines: ref('lines') }],
  ['people.merged', open, { input: ref('people', 'merged') }],
  [['lines', 'people.merged'], open, { lines: ref('lines'), merged: ref('people', 'merged') }],
  [{ l: 'lines', s: ['north', 'south'] }, open, { l: ref('lines'), s: [...ref('north'), ...ref('south')] }],
  ['a', half, { lines: ref('a') }],
  [{ rates: 'r', lines: 'a' }, half, { lines: ref('a'), rates: ref('r') }],
] as const)('%j reads', (from, plugin, inputs) => {
  const found = read(from as FromText, plugin)
  expect(found.codes).toEqual([])
  expect(found.inputs).toEqual(inputs)
  // The first role is the one whose rows are counted.
  expect(Object.keys(found.inputs)).toEqual(Object.keys(inputs))
})

test.each([
  [undefined, one, 'from_missing'],
  [undefined, open, 'from_missing'],
  [{}, open, 'from_missing'],
  ['a', { inputs: {} }, 'from_unwanted'],
  [['a'], two, 'from_count'],
  [{ left: 'a' }, two, 'role_missing'],
  [{ left: 'a', right: 'b', third: 'c' }, two, 'role_unknown'],
  [['a', 'a'], open, 'role_taken'],
  [{ 'Not a name': 'a' }, open, 'name_invalid'],
  [{ rates: 'r' }, half, 'role_missing'],
] as const)('%j is refused', (from, plugin, code) => {
  expect(read(from as FromText | undefined, plugin).codes).toEqual([code])
})
