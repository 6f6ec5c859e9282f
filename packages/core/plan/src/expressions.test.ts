import { afterAll, beforeAll, expect, it } from 'vitest'
import { Expressions } from './expressions.ts'
import type { Binder } from './ports.ts'
import { openBinder } from './testing/small-plan.ts'

let binder: Binder & AsyncDisposable
beforeAll(async () => {
  binder = await openBinder()
})
afterAll(() => binder[Symbol.asyncDispose]())

const checked = async (
  text: string,
  columns: readonly string[] = ['id', 'Name'],
  asOf: string | undefined = '2026-01-31',
) => {
  const expressions = new Expressions(binder, asOf)
  const found = await expressions.check(text, columns)
  return { expressions, found: found.map(({ code, message, hint }) => `${code}: ${message} → ${hint}`) }
}

it('names are held to the columns, whatever their case', async () => {
  expect((await checked('ID + 1 and name = $$x$$')).found).toEqual([])
  expect((await checked('nmae')).found).toEqual([
    'column_unknown: There is no column "nmae" here → did you mean "Name"?',
  ])
  expect((await checked('zzzzzzzz', [])).found).toEqual([
    'column_unknown: There is no column "zzzzzzzz" here → its input has no columns',
  ])
  expect((await checked('t.id')).found).toEqual([
    'expression_invalid: "t.id" names a relation; an expression sees one row → write id',
  ])
  expect((await checked('current_date')).found[0]).toContain(
    'expression_invalid: current_date reads the clock → use as_of',
  )
  expect((await checked('id +')).found).toHaveLength(1)
})

it('as_of is the day of the pipeline, where no column has that name', async () => {
  const { expressions, found } = await checked('as_of > AS_OF - id')
  expect([found, expressions.readsAsOf('as_of > AS_OF - id')]).toEqual([[], true])
  expect(expressions.render('as_of > AS_OF - id').text).toBe("(date '2026-01-31' > date '2026-01-31' - id)")
  const own = await checked('as_of + id', ['id', 'As_Of'])
  expect([
    own.found,
    own.expressions.readsAsOf('as_of + id'),
    own.expressions.render('as_of + id').text,
  ]).toEqual([[], false, '(as_of + id)'])
  const none = new Expressions(binder, undefined)
  expect(await none.check('as_of', ['id'])).toMatchObject([{ code: 'as_of_missing' }])
})

it('an expression stands in parentheses, and a comment in it ends', async () => {
  const { expressions } = await checked('id -- one')
  expect(expressions.render('id -- one').text).toBe('(id -- one\n)')
  expect(expressions.namesIn('id -- one')).toEqual(['id'])
  expect(expressions.namesIn('never')).toEqual([])
  expect(() => expressions.render('never')).toThrow('not declared')
})

it('a pattern is held to what DuckDB takes', async () => {
  const expressions = new Expressions(binder, undefined)
  expect(await expressions.patternProblem('^a+$')).toBeUndefined()
  expect(await expressions.patternProblem('(')).toMatch(/^missing \)/)
})
