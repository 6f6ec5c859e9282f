import { t } from '@sillage/sdk'
import { expect, it } from 'vitest'
import { traceColumn } from './trace-column.ts'

const schemas = {
  plain: t.object({}),
  named: t.object({ columns: t.map(t.object({ from: t.column() }), { 'x-key-role': 'new-column' }) }),
  derived: t.object({ columns: t.map(t.expression(), { 'x-key-role': 'new-column' }) }),
  makes: t.object({ into: t.newColumn() }),
  joined: t.object({
    on: t.column({ sameIn: 'right' }),
    take: t.map(t.column({ input: 'right' }), { 'x-key-role': 'new-column' }),
  }),
}
const stage = (name: string, kind: keyof typeof schemas, config: object = {}, inputs: object = {}) => ({
  name,
  plugin: { config: schemas[kind] },
  config,
  inputs,
})
const from = (...names: readonly string[]) => ({ input: names.map((one) => ({ stage: one })) })
const trace = (stages: readonly unknown[], column: string, ...known: readonly string[]) =>
  Object.fromEntries(
    [...traceColumn(stages as never, { stages: known, column })].map(([name, names]) => [
      name,
      [...names].sort().join(' '),
    ]),
  )

it('a name goes on and back under its own name, until a stage makes a column of that name', () => {
  const stages = [
    stage('a', 'plain'),
    stage('b', 'plain', {}, from('a')),
    stage('c', 'makes', { into: 'id' }, from('b')),
    stage('d', 'plain', {}, from('c')),
  ]
  expect(trace(stages, 'id', 'b')).toEqual({ a: 'id', b: 'id', c: '', d: '' })
  expect(trace(stages, 'id', 'd')).toEqual({ a: '', b: '', c: 'id', d: 'id' })
  expect(trace(stages, 'id', 'none')).toEqual({ a: '', b: '', c: '', d: '' })
})

it('a name is followed where a configuration renames it', () => {
  const stages = [
    stage('a', 'plain'),
    stage('b', 'named', { columns: { person: { from: 'id' }, id: { from: 'other' } } }, from('a')),
    stage('c', 'plain', {}, from('b')),
  ]
  expect(trace(stages, 'person', 'c')).toEqual({ a: 'id', b: 'person', c: 'person' })
  expect(trace(stages, 'id', 'a')).toEqual({ a: 'id', b: 'person', c: 'person' })
  expect(trace(stages, 'id', 'c')).toEqual({ a: 'other', b: 'id other', c: 'id other' })
})

it('an expression that is a name renames; any other makes something new', () => {
  const stages = [
    stage('a', 'plain'),
    stage('b', 'derived', { columns: { x: ' id ', id: 'n + 1', y: 'lower(z)' } }, from('a')),
  ]
  expect(trace(stages, 'id', 'a')).toEqual({ a: 'id', b: 'x' })
  expect(trace(stages, 'id', 'b')).toEqual({ a: '', b: 'id' })
  expect(trace(stages, 'x', 'b')).toEqual({ a: 'id', b: 'x' })
  expect(trace(stages, 'y', 'b')).toEqual({ a: '', b: 'y' })
})

it('of a second input only named columns go on, and the key of a join is one column on both sides', () => {
  const inputs = { left: [{ stage: 'a' }], right: [{ stage: 'b' }] }
  const stages = [
    stage('a', 'plain'),
    stage('b', 'plain'),
    stage('c', 'joined', { on: 'id', take: { town: 'city' } }, inputs),
  ]
  expect(trace(stages, 'id', 'a')).toEqual({ a: 'id', b: 'id', c: 'id' })
  expect(trace(stages, 'city', 'b')).toMatchObject({ b: 'city', c: 'town' })
  expect(trace(stages, 'n', 'b')).toEqual({ a: '', b: 'n', c: '' })
  expect(trace(stages, 'n', 'c')).toEqual({ a: 'n', b: '', c: 'n' })
})

it('of inputs that are united the name is followed into each', () => {
  const stages = [stage('a', 'plain'), stage('b', 'plain'), stage('c', 'plain', {}, from('a', 'b'))]
  expect(trace(stages, 'id', 'a')).toEqual({ a: 'id', b: 'id', c: 'id' })
})
