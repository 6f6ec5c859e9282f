import { expect, it } from 'vitest'
import { findTrouble, tooManyRemoved } from './guard.ts'

const step = (mode: 'mirror' | 'upsert' = 'mirror', personal = false) => ({
  stage: 'crm',
  delivery: { mode, key: ['id', 'day'], destination: '', maxRemoved: 0.2, shared: false },
  columns: [
    { name: 'id', type: 'INTEGER', personal },
    { name: 'note', type: 'VARCHAR', personal: true },
  ],
})
const counts = (told: number, removed: number) => ({ told, removed }) as never

it('keys that stand twice, then keys with a null, stop a sink; personal keys are not shown', () => {
  const none = { twice: 0, withNull: 0, examples: [] }
  expect(findTrouble(step(), none)).toBeUndefined()
  const twice = { twice: 2, withNull: 1, examples: ['{"id":1}'] }
  expect(findTrouble(step(), twice)).toMatchObject({
    code: 'key_not_unique',
    message: '"crm": 2 rows share their key (id, day) with another row; nothing was sent',
    examples: ['{"id":1}'],
  })
  expect(findTrouble(step('mirror', true), twice)).not.toHaveProperty('examples')
  expect(findTrouble(step(), { ...twice, examples: [] })).not.toHaveProperty('examples')
  expect(findTrouble(step(), { ...none, withNull: 1 })).toMatchObject({
    code: 'key_with_null',
    hint: expect.stringContaining('id is not null'),
  })
})

it('a mirror that would lose more than it may is stopped, from a hundred rows on, unless it is allowed', () => {
  const guard = (
    told: number,
    removed: number,
    allow: readonly string[] = [],
    mode: 'mirror' | 'upsert' = 'mirror',
  ) => tooManyRemoved(step(mode), { counts: counts(told, removed), allow })?.code
  expect([guard(100, 20), guard(100, 21), guard(99, 99), guard(1000, 200)]).toEqual([
    undefined,
    'too_many_removed',
    undefined,
    undefined,
  ])
  expect([guard(100, 100, ['crm']), guard(100, 100, ['other']), guard(100, 100, [], 'upsert')]).toEqual([
    undefined,
    'too_many_removed',
    undefined,
  ])
})
