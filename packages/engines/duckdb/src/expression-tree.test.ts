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

const problemsOf = async (text: string, by = binder) =>
  (await by.parseExpression(text)).problems.map(({ message }) => message).join()

it.each([
  'current_query()',
  'current_user()',
  'current_database()',
  "current_setting('threads')",
  'current_connection_id()',
  'current_localtimestamp()',
  'get_current_time()',
  'txid_current()',
  'inet_client_addr()',
  'pg_postmaster_start_time()',
  'pg_get_viewdef(1)',
  "has_table_privilege('t', 'select')",
  'get_block_size(b)',
  "ago(interval '1 day')",
  'version()',
  'uuidv7()',
  'sleep_ms(10)',
  "write_log('x')",
  "in_search_path('a', 'b')",
  'list_transform([1], lambda x: current_query())',
])('%s, which reads more than its arguments, is refused', async (text) => {
  expect(await problemsOf(text)).toMatch(/no function of one row|reads the clock/)
})

it('functions of their arguments stay, whatever they are called', async () => {
  for (const text of [
    'get_bit(b, 1)',
    'list_has_any(a, b)',
    'array_has(a, 1)',
    'age(a, b)',
    'pg_typeof(a)',
    'username',
    'list_sum(a)',
    "regexp_extract(a, 'x')",
    'enum_code(a)',
    "a in ('x')",
    'struct_pack(a := 1)',
  ])
    expect(await problemsOf(text), text).toBe('')
})

describe('a constant part that makes too much', () => {
  // None of them would end in a minute.
  const impatient = new DuckDbBinder({ constantMs: 1000 })
  afterAll(() => impatient[Symbol.asyncDispose]())

  it.each([
    'len(range(3000000000))',
    "length(repeat('a', 4000000000))",
    'len(range(1000 * 1000 * 1000))',
    'case when n > 0 then len(range(2000000000)) else 0 end',
    "len(generate_series(timestamp '1000-01-01', as_of, interval '1 millisecond'))",
  ])('is told, and never worked out in this process: %s', async (text) => {
    expect(await problemsOf(text, impatient)).toContain('too long to work out')
  })

  it('and one that does not is let through', async () => {
    for (const text of [
      'len(range(100))',
      "lpad(id, 10, '0')",
      'list_filter([1, 2], lambda y: y > 1)',
      "repeat('-', 80) || id",
      "len(generate_series(date '2020-01-01', as_of, interval '1 day'))",
      'len(range(n))',
    ])
      expect(await problemsOf(text), text).toBe('')
  })
})
