import { sql } from '@sillage/sdk'
import { describe, expect, it } from 'vitest'
import { nothingLeft, runCheck } from './check-rows.ts'
import { figuresOf } from './relations/figures.ts'
import { withSession } from './testing/with-session.ts'

const counts = (rows_in: number | null, rows_out: number, rejected: number, filtered = 0) => ({
  rows_in,
  rows_out,
  rejected,
  merged: 0,
  filtered,
})

/** The status of a check over these rows, and what it found. */
const checked = (check: object, of = counts(10, 7, 3)) =>
  withSession(async (session) => {
    await session.run(
      `create table own as select * from (values (1, 'a'), (2, 'a'), (null, 'b')) t(id, kind)`,
    )
    const {
      status,
      found,
      check: name,
      severity,
      stage,
    } = await runCheck({ severity: 'error', ...check } as never, {
      stage: 'own',
      relation: sql.id('own'),
      counts: of,
      relationOfStage: () => sql.id('own'),
      ...figuresOf(session),
    })
    return [stage, name, severity, status, found]
  })

describe('a check', () => {
  it.each<[object, string, number]>([
    [{ kind: 'not_null', columns: ['kind'] }, 'pass', 0],
    [{ kind: 'not_null', columns: ['id'] }, 'fail', 1],
    [{ kind: 'row_count', min: 3, max: 3 }, 'pass', 3],
    [{ kind: 'row_count', min: 4 }, 'fail', 3],
    [{ kind: 'row_count', max: 2 }, 'fail', 3],
    [{ kind: 'row_count' }, 'pass', 3],
    [{ kind: 'rejected', max_share: 0.3 }, 'pass', 0.3],
    [{ kind: 'rejected', max_share: 0.29 }, 'fail', 0.3],
    [{ kind: 'rejected', max_rows: 3 }, 'pass', 3],
    [{ kind: 'rejected', max_rows: 2 }, 'fail', 3],
    [{ kind: 'rejected', max_share: 0.5, max_rows: 2 }, 'fail', 0.3],
    [{ kind: 'rejected', max_share: 0.1, max_rows: 5 }, 'fail', 0.3],
  ])('%j: %s', async (check, status, found) => {
    expect((await checked(check)).slice(3)).toEqual([status, found])
  })

  it('is called by its name, and warns where it is told to', async () => {
    expect(
      await checked({ kind: 'unique', columns: ['kind'], name: 'one a kind', severity: 'warn' }),
    ).toEqual(['own', 'one a kind', 'warn', 'warn', 1])
    expect(await checked({ kind: 'unique', columns: ['id'] })).toEqual(['own', 'unique', 'error', 'pass', 0])
  })

  it('of a source counts what it refused against all that it read; of nothing nothing is refused', async () => {
    expect((await checked({ kind: 'rejected', max_share: 0.3 }, counts(null, 7, 3))).slice(3)).toEqual([
      'pass',
      0.3,
    ])
    expect((await checked({ kind: 'rejected', max_share: 0 }, counts(0, 0, 0))).slice(3)).toEqual(['pass', 0])
    expect((await checked({ kind: 'rejected', max_share: 0.5 }, counts(3, 2, 1))).at(-1)).toBe(0.333333)
  })
})

it('a step that refuses all that it judged fails, unless that is allowed', () => {
  const left = (of: ReturnType<typeof counts>, expects: readonly object[] = []) =>
    nothingLeft({ stage: 'own', expect: expects as never }, of)
  const failed = {
    stage: 'own',
    check: 'not every row is refused',
    status: 'fail',
    severity: 'error',
    found: 3,
  }
  expect(left(counts(3, 0, 3))).toEqual(failed)
  expect(left(counts(5, 0, 3, 2))).toEqual(failed)
  expect(left(counts(null, 0, 3))).toEqual(failed)
  expect([
    left(counts(4, 1, 3)),
    left(counts(null, 1, 3)),
    left(counts(0, 0, 0)),
    left(counts(3, 3, 0)),
  ]).toEqual([undefined, undefined, undefined, undefined])
  expect(left(counts(3, 0, 3), [{ kind: 'rejected', max_share: 1 }])).toBeUndefined()
  expect(
    left(counts(3, 0, 3), [
      { kind: 'rejected', max_share: 0.9 },
      { kind: 'unique', max_share: 1 },
    ]),
  ).toEqual(failed)
})
