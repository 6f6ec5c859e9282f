import { SqlLedger } from '@sillage/ledger'
import { expect, it } from 'vitest'
import { refusedRows } from './refused-rows.ts'
import { withSession } from './testing/ask.ts'

const refused = (samples: number, stages: readonly string[] = ['lines', 'people', 'none']) =>
  withSession(async (session) => {
    for (const schema of ['sillage', 'reject']) await session.run(`create schema ${schema}`)
    await session.run(
      `create table sillage.rejects as select * from (values ('lines','too_small','n','The number is too small',2),('lines','missing',null,'Nothing is there',3),('lines','odd','n','odd',2),('people','gone','id','gone',1),('never','x','x','x',1)) t(stage, code, column_name, message, rows)`,
    )
    await session.run(
      `create table sillage.steps as select * from (values ('lines','r1',100,90,10,0,0),('lines','r2',null,6,4,0,0),('people','r2',0,0,1,0,0)) t(stage, run, rows_in, rows_out, rejected, merged, filtered)`,
    )
    await session.run(
      `create table reject.lines as select * from (values ('b.csv',2,['n: too_small']),('a.csv',9,['n: too_small','missing']),('a.csv',3,['missing']),('a.csv',1,['n: too_big'])) t(file, line, codes)`,
    )
    await session.run(`create table reject.people as select 7 as id, ['id: gone'] as codes`)
    return await refusedRows({ ledger: new SqlLedger(session), session }, { stages, samples })
  })

it('stages are told with their last counts, reasons with most rows first, and shares of what came in', async () => {
  expect(await refused(0)).toEqual([
    {
      stage: 'lines',
      rows_in: 10,
      rejected: 4,
      share: 0.4,
      reasons: [
        { code: 'missing', column: null, message: 'Nothing is there', rows: 3, share: 0.3, samples: [] },
        { code: 'odd', column: 'n', message: 'odd', rows: 2, share: 0.2, samples: [] },
        {
          code: 'too_small',
          column: 'n',
          message: 'The number is too small',
          rows: 2,
          share: 0.2,
          samples: [],
        },
      ],
    },
    {
      stage: 'people',
      rows_in: 0,
      rejected: 1,
      share: 0,
      reasons: [{ code: 'gone', column: 'id', message: 'gone', rows: 1, share: 0, samples: [] }],
    },
  ])
})

it('samples are rows of just that reason, in the order of their files, no more than were asked for', async () => {
  const [lines, people] = await refused(1)
  expect(lines!.reasons.map(({ samples }) => samples)).toEqual([
    [{ file: 'a.csv', line: 3, codes: ['missing'] }],
    [],
    [{ file: 'a.csv', line: 9, codes: ['n: too_small', 'missing'] }],
  ])
  expect(people!.reasons[0]!.samples).toEqual([{ id: 7, codes: ['id: gone'] }])
  const [more] = await refused(5)
  expect(more!.reasons[2]!.samples.map(({ file }) => file)).toEqual(['a.csv', 'b.csv'])
})
