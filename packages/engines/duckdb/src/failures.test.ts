import { withoutValues } from '@sillage/sql'
import { expect, it } from 'vitest'
import { Database } from './database.ts'
import { statementFailed } from './failures.ts'

const secret = 'jane.doe@example.org'

it.each([
  `select '${secret}'::int`,
  `select cast('2025-13-40' as date)`,
  `select cast(123456789012 as integer)`,
  `select '{"mail": "${secret}'::json`,
  `select 98765432109876::bigint * 98765432109876::bigint`,
  `create table t (mail varchar primary key); insert into t values ('${secret}'), ('${secret}')`,
  `select strptime('${secret}', '%Y')`,
  `select ['a'][98765::bigint::utinyint]`,
])('a message about data shows none of it: %s', async (statement) => {
  await using database = await Database.open({ path: ':memory:' })
  using session = await database.session()
  const error = await session.run(statement).catch((caught: unknown) => caught as Error)
  expect(error).toBeInstanceOf(Error)
  const { message } = error as Error
  expect(message).toMatch(/Error/)
  expect(message).not.toMatch(/jane|example|2025|1234|9876/)
})

it('names of columns, types and relations stay, since the author of the pipeline wrote them', () => {
  expect(withoutValues('Binder Error: Referenced column "nope" not found in FROM clause!')).toContain(
    '"nope"',
  )
  expect(
    withoutValues(
      'Conversion Error: Could not convert string "7,5" to DECIMAL(18,3) when casting from source column price',
    ),
  ).toBe(
    'Conversion Error: Could not convert string "…" to DECIMAL(18,3) when casting from source column price',
  )
  expect(withoutValues(`Invalid Input Error: CSV Error on Line: 5 Original Line: 1,${secret}`)).not.toContain(
    'jane',
  )
})

it.each([
  ['IO Error: Could not write file "/p": No space left on device', 'disk_full'],
  ['Out of Memory Error: could not allocate block', 'out_of_memory'],
  ['INTERRUPT Error: Interrupted!', 'interrupted'],
  ['IO Error: No files found that match the pattern "/p/a.csv"', 'file_not_found'],
])('%j is %s', (message, code) => {
  expect(statementFailed({ statement: 'select 1', cause: new Error(message) }).code).toBe(code)
})

it('the wrong word of a statement that somebody typed is kept: no customer wrote it', () => {
  const told =
    'Failed to extract statements: Parser Error: syntax error at or near "selec"\n\nLINE 1: selec 1\n        ^'
  expect(withoutValues(told).trim()).toBe('Parser Error: syntax error at or near "selec"')
})
