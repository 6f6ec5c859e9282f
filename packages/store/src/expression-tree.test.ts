import { afterAll, describe, expect, it } from 'vitest'
import { DuckDbBinder } from './binder.ts'

const binder = new DuckDbBinder()
afterAll(() => binder[Symbol.asyncDispose]())

const names = async (text: string) => (await binder.parseExpression(text)).columns.map(({ name }) => name)

describe('the columns of an expression', () => {
  it('are the names that no lambda binds', async () => {
    expect(await names('list_filter(tags, lambda y: y > n)')).toEqual(['tags', 'n'])
    expect(await names('list_reduce(tags, (a, b) -> a + b + n)')).toEqual(['tags', 'n'])
    expect(await names('list_transform(xs, x -> list_filter(ys, y -> y > x + z))')).toEqual(['xs', 'ys', 'z'])
    expect(await names('[x + n for x in tags if x > 1]')).toEqual(['tags', 'n'])
  })

  it('are read on both sides of a JSON arrow, which looks like a lambda', async () => {
    expect(await names("doc -> '$.a'")).toEqual(['doc'])
    expect(await names('coalesce(doc -> path, other)')).toEqual(['doc', 'path', 'other'])
  })

  it('stand where they are written, in characters, with their quotes', async () => {
    const text = `'é😀' || "as_of" || as_of`
    const { columns } = await binder.parseExpression(text)
    expect(columns.map(({ offset, length }) => text.slice(offset, offset + length)).sort()).toEqual([
      '"as_of"',
      'as_of',
    ])
  })

  it('carry the fields after a point', async () => {
    const { columns } = await binder.parseExpression('place.city')
    expect(columns).toMatchObject([{ name: 'place', fields: ['city'], offset: 0, length: 5 }])
  })
})

it('the clock, aggregates, volatile and unknown functions are told apart', async () => {
  const said = async (text: string) =>
    (await binder.parseExpression(text)).problems.map(({ message }) => message).join()
  expect(await said('now()')).toContain('reads the clock')
  expect(await said('max(n)')).toContain('no function of one row')
  expect(await said('random()')).toContain('no function of one row')
  expect(await said('uper(b)')).toContain('There is no function "uper"')
  expect(await said('upper(b) || n::varchar')).toBe('')
})
