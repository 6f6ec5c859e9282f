import { expect, it } from 'vitest'
import { t } from './config.ts'
import { fields, retryBudget } from './fields.ts'

it('gives options of one name, shape and default wherever they stand', () => {
  const config = t.object({
    ...fields.http({ timeout: 15 }),
    ...fields.retry({ of: 'page' }),
    ...fields.batch(),
  })
  expect(config.required).toEqual([])
  expect(Object.entries(config.properties!).map(([name, shape]) => [name, shape.default])).toEqual([
    ['headers', undefined],
    ['timeout_seconds', 15],
    ['attempts', 5],
    ['batch', 100],
  ])
})

it('a budget waits a second at first, and at most a minute', () => {
  expect(retryBudget({})).toEqual({ attempts: 5, firstWaitMs: 1000, longestWaitMs: 60_000 })
  expect(retryBudget({ attempts: 2, first_wait_seconds: 0.5 })).toMatchObject({
    attempts: 2,
    firstWaitMs: 500,
  })
})

it('a secret is written by its name alone', () => {
  const pattern = new RegExp(t.secret().pattern!)
  expect(pattern.test('${secret:crm}')).toBe(true)
  for (const text of ['crm', 'Bearer ${secret:crm}', '${env:CRM}', '${secret:}'])
    expect(pattern.test(text)).toBe(false)
})
