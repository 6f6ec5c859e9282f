import { t } from '@sillage/sdk'
import { expect, it } from 'vitest'
import { checkSuppressions, suppressedBy, suppressedPart } from './suppress.ts'

const stage = (name: string, columns?: object, from?: string) => ({
  name,
  plugin: {
    config: t.object({ columns: t.map(t.object({ from: t.column() }), { 'x-key-role': 'new-column' }) }),
  },
  config: columns ? { columns } : {},
  inputs: from === undefined ? {} : { input: [{ stage: from }] },
})
const stages = [
  stage('raw'),
  stage('named', { person: { from: 'id' }, town: { from: 'city' } }, 'raw'),
] as never
const key = (column: string, ...known: readonly string[]) => ({ column, stages: known })

it('a source keeps out who is known by a column that it has, however it is called later', () => {
  const find = suppressedBy(stages, [
    { hash: 'b', keys: [key('person', 'named')] },
    { hash: 'a', keys: [key('person', 'named')] },
    { hash: 'a', keys: [key('person', 'named')] },
    { hash: 'c', keys: [key('person', 'named'), key('town', 'named')] },
  ])
  expect(find('raw', ['n', 'id', 'city'])).toEqual([
    { columns: ['id'], hashes: ['a', 'b'] },
    { columns: ['id', 'city'], hashes: ['c'] },
  ])
  expect(find('raw', ['id'])).toEqual([{ columns: ['id'], hashes: ['a', 'b'] }])
  expect(find('raw', ['n'])).toEqual([])
  expect(find('other', ['id'])).toEqual([])
})

it('a column whose stages were renamed is looked for at all of them', () => {
  expect(suppressedBy(stages, [{ hash: 'a', keys: [key('person', 'gone')] }])('raw', ['id'])).toHaveLength(1)
  expect(suppressedBy(stages, [{ hash: 'a', keys: [key('id', 'gone', 'raw')] }])('raw', ['id'])).toHaveLength(
    1,
  )
})

it('one that no source can be held to is told, once a column', () => {
  const check = (...names: readonly string[]) =>
    checkSuppressions({
      stages,
      suppressions: names.map((column) => ({ hash: column, keys: [key(column, 'named')] })),
      sources: new Map([['raw', ['id']]]),
      locate: { key: () => undefined } as never,
    }).map(({ code, message }) => `${code}: ${message}`)
  expect(check('person')).toEqual([])
  expect(check('town', 'person', 'town')).toEqual([
    'suppression_unmatched: People asked to be forgotten by "town", and no source has that column any more',
  ])
})

it('the list enters a fingerprint only where there is one', () => {
  expect(suppressedPart([])).toBeUndefined()
  const part = (hash: string) => suppressedPart([{ columns: ['id'], hashes: [hash] }])
  expect(part('a')).toBe(part('a'))
  expect(part('a')).not.toBe(part('b'))
})
