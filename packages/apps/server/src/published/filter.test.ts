import fc from 'fast-check'
import { expect, it } from 'vitest'
import { columnsOf, parseFilter } from './filter.ts'
import { filterSql, type MartColumn, tableSelect } from './select.ts'

const textOf = (filter: string): string => filterSql(parseFilter(filter)).text

it.each([
  ["segment = 'gold'", `("segment" = 'gold')`],
  ['amount >= 10 and amount < 1e3', '(("amount" >= 10) and ("amount" < 1000))'],
  ["a = 1 or b = 2 and not c != 'x'", `(("a" = 1) or (("b" = 2) and (not ("c" <> 'x'))))`],
  ['(a = 1 or b = 2) and c is not null', '((("a" = 1) or ("b" = 2)) and (not ("c" is null)))'],
  [
    "city in ('Lyon', 'Val d''Oise') AND city NOT LIKE 'P%'",
    `(("city" in ('Lyon', 'Val d''Oise')) and (not ("city" like 'P%')))`,
  ],
  ['"odd ""name" = true', '("odd ""name" = true)'],
  ['x is null', '("x" is null)'],
  ['x = -2.5', '("x" = -2.5)'],
  ['big = 9007199254740993', '("big" = 9007199254740993)'],
  ['amt in (90071992547409.93, 1)', '("amt" in (90071992547409.93, 1))'],
])('%s is read', (filter, statement) => expect(textOf(filter)).toBe(statement))

it.each([
  '',
  'a',
  'a =',
  'a = b',
  "a = 'x",
  'a = 1; drop table customers',
  'a = 1 -- x',
  'a = 1 union select 1',
  'a in (select 1)',
  'a in ()',
  "a = read_csv('/etc/passwd')",
  'lower(a) = 1',
  "a = 'x' || 'y'",
  'a = 1 /* x */',
  '1 = 1',
  'a = 12abc',
  'a like 1',
  'a not = 1',
  '(a = 1',
  `${'('.repeat(200)}a = 1${')'.repeat(200)}`,
  `a = '${'x'.repeat(5000)}'`,
  "a = 'x\0'",
])('%s is refused with its place', (filter) =>
  expect(() => parseFilter(filter)).toThrow(
    expect.objectContaining({ code: 'filter_invalid', hint: expect.any(String) }),
  ),
)

it('whatever is typed, the statement holds it as quoted names and literals only', () => {
  fc.assert(
    fc.property(fc.string(), fc.string({ minLength: 1 }), (value, column) => {
      const text = textOf(`"${column.replaceAll('"', '""')}" = '${value.replaceAll("'", "''")}'`)
      expect(text).toBe(`("${column.replaceAll('"', '""')}" = '${value.replaceAll("'", "''")}')`)
    }),
  )
  fc.assert(
    fc.property(fc.string(), (text) => {
      try {
        columnsOf(parseFilter(text))
      } catch (error) {
        expect(error).toMatchObject({ code: 'filter_invalid' })
      }
    }),
  )
})

const column = (name: string, personal = false): MartColumn => ({
  name,
  type: 'VARCHAR',
  comment: null,
  personal,
  key: false,
  role: null,
})

it('personal columns are null for who only reads, who may neither filter nor sort by them', () => {
  const columns = [column('id'), column('email', true)]
  const asked = { table: 'customers', columns, format: 'csv' as const }
  const page = { limit: 10, offset: 0 }
  const read = tableSelect({ ...asked, role: 'read', request: page })
  expect(read.masked).toEqual(['email'])
  expect(read.statement).toBe(
    'select "id", case when false then "email" end as "email"\nfrom "main"."customers"\nlimit 10 offset 0',
  )
  for (const request of [
    { filter: "email like 'a%'" },
    { filter: "id = '1' or not (email is null)" },
    { order: '-email' },
    { order: 'id,email' },
  ])
    expect(() => tableSelect({ ...asked, role: 'read', request: { ...page, ...request } })).toThrow(
      expect.objectContaining({ code: 'column_masked' }),
    )
  const operate = tableSelect({
    ...asked,
    role: 'operate',
    request: { ...page, order: '-email', columns: 'email' },
  })
  expect(operate.masked).toEqual([])
  expect(operate.statement).toBe(
    'select "email"\nfrom "main"."customers"\norder by "email" desc nulls last\nlimit 10 offset 0',
  )
  expect(() => tableSelect({ ...asked, role: 'operate', request: { ...page, columns: 'e-mail' } })).toThrow(
    expect.objectContaining({ code: 'column_unknown', hint: expect.stringContaining('email') }),
  )
})
