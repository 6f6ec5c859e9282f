import { expect, it } from 'vitest'
import { withSession } from '../testing/with-session.ts'
import { createSchemas, isOfPlan } from './step-table.ts'
import { dropStrangers, mayRefuse } from './strangers.ts'
import { createView } from './view.ts'

it('relations that no step makes any more go, and nothing else', async () => {
  await withSession(async (session) => {
    await createSchemas(session)
    await session.run('create schema own')
    const table = (name: string) => session.run(`create table ${name} as select 1 as n`)
    for (const name of [
      'step.a',
      'step."a.units"',
      'step."a.more"',
      'step."a.other"',
      'step.gone',
      'own.mine',
      'main.mine',
    ])
      await table(name)
    for (const name of ['clean.a', 'clean.gone', 'enrich.a', 'reject.a', 'reject.b', 'step.b'])
      await session.run(`create view ${name} as select 1 as n`)
    const steps = [
      { stage: 'a', kind: 'clean', style: 'sql', rejects: [{}], outputs: { more: {} } },
      { stage: 'b', kind: 'clean', style: 'sql', rejects: [] },
    ]
    await dropStrangers(session, steps as never)
    const left = await session.rows(
      `select schema_name || '.' || table_name as name from duckdb_tables() union all select schema_name || '.' || view_name from duckdb_views() where not internal order by 1`,
    )
    expect(left.map(({ name }) => name)).toEqual([
      'clean.a',
      'main.mine',
      'own.mine',
      'reject.a',
      'step.a',
      'step.a.more',
      'step.a.units',
      'step.b',
    ])
  })
  expect(['step', 'reject', 'clean', 'activate', 'main', 'sillage'].map(isOfPlan)).toEqual([
    true,
    true,
    true,
    true,
    false,
    false,
  ])
})

it('a step may refuse rows by rules, at a receiver, or in what it scans', () => {
  const may = (more: object) =>
    mayRefuse({ stage: 'a', kind: 'clean', style: 'sql', rejects: [], ...more } as never)
  expect([may({}), may({ rejects: [{}] })]).toEqual([false, true])
  expect([may({ style: 'sink' }), may({ style: 'sink', files: [{}] })]).toEqual([true, false])
  expect([
    may({ style: 'source' }),
    may({ style: 'source', refused: 'x' }),
    may({ style: 'source', suppressed: [{}] }),
  ]).toEqual([false, true, true])
  expect(may({ refused: 'x' })).toBe(false)
})

it('a view of a source is cut to a sample, another is not', async () => {
  await withSession(async (session) => {
    await createSchemas(session)
    const rows = async (style: string, sample: number | undefined) => {
      await createView(
        session,
        { stage: 'a', kind: 'clean', style, select: 'select * from range(5)' } as never,
        sample,
      )
      return (await session.row<{ n: number }>('select count(*) as n from clean.a')).n
    }
    expect([await rows('source', 2), await rows('source', undefined), await rows('sql', 2)]).toEqual([
      2, 5, 5,
    ])
    await expect(
      createView(session, { stage: 'a', kind: 'clean', style: 'batch' } as never, 1),
    ).rejects.toThrow('always stored')
  })
})
