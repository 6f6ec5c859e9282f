import { expect, it } from 'vitest'
import { reasonToStore, type StorageFacts } from './storage.ts'

const reader = (style: string, inputs: object = { input: [{}] }) => ({
  name: 'next',
  plugin: { style },
  inputs,
})
const view: StorageFacts = {
  stage: { name: 'own', plugin: { proven: true }, expect: [], onReject: 'quarantine' },
  plugin: { style: 'sql' },
  rows: 'same',
  always: undefined,
  refuses: false,
  warns: false,
  outputs: 0,
  inputs: 1,
  viewsBelow: 0,
  readers: { stages: [reader('sql')], marts: 0, checks: 0 },
  readerRows: ['same'],
} as never
const reason = (more: object) => reasonToStore({ ...view, ...more } as StorageFacts)
const source = { plugin: { style: 'source' }, rows: undefined }
const stage = (more: object) => ({ stage: { ...view.stage, ...more } })
const readers = (more: object) => ({ readers: { ...view.readers, ...more } })

it('a step that a SQL step reads in one piece is a view', () => {
  expect(reason({})).toBeUndefined()
  expect(reason({ plugin: { style: 'sink' }, refuses: true })).toBeUndefined()
  expect(reason({ ...source, readerRows: ['group'] })).toBeUndefined()
  expect(reason(source)).toBeUndefined()
  expect(reason({ viewsBelow: 49 })).toBeUndefined()
  expect(
    reason({ ...source, ...stage({ onReject: 'quarantine', plugin: { proven: false } }) }),
  ).toBeUndefined()
})

it.each<[string, object]>([
  ['it is read batch by batch', { plugin: { style: 'source', read: () => {} } }],
  ['it is a model', { always: 'it is a model' }],
  ['it refuses rows', { refuses: true }],
  ['it counts what it warns of', { warns: true }],
  ['its rows are counted: it is a plugin of the project', stage({ plugin: { proven: false } })],
  ['it leaves rows out', { rows: 'filter' }],
  ['it merges rows', { rows: 'merge' }],
  ['it groups rows', { rows: 'group' }],
  ['it makes rows', { rows: 'expand' }],
  ['it has further outputs', { outputs: 1 }],
  ['it reads several relations', { inputs: 2 }],
  ['it has checks', stage({ expect: [{}] })],
  ['a check reads it', readers({ checks: 1 })],
  ['it may not refuse a line', { ...source, ...stage({ onReject: 'fail' }) }],
  ['2 read it', readers({ marts: 1 })],
  ['2 read it', readers({ stages: [reader('sql'), reader('sql')] })],
  ['a mart shows it', readers({ stages: [], marts: 1 })],
  ['nothing else computes it', readers({ stages: [] })],
  ['next is no SQL step', readers({ stages: [reader('batch')] })],
  ['50 steps in a row are computed with it', { viewsBelow: 50 }],
  [
    'next reads it beside others',
    { ...source, ...readers({ stages: [reader('sql', { a: [{}], b: [{}] })] }) },
  ],
  ['next does not tell how many rows it read', { ...source, readerRows: ['filter'] }],
  ['next does not tell how many rows it read', { ...source, readerRows: [undefined] }],
])('a step is a table where %s', (said, facts) => {
  expect(reason(facts)).toBe(said)
})

it('that a line may not be refused says nothing of a step that reads no lines', () => {
  expect(reason(stage({ onReject: 'fail' }))).toBeUndefined()
})
