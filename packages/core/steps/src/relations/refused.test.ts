import { sql } from '@sillage/sdk'
import { describe, expect, it } from 'vitest'
import { withSession } from '../testing/with-session.ts'
import { selectAccepted } from './accepted.ts'
import { countOwnWarnings } from './counted-warnings.ts'
import { measureRows, toldRead } from './measure.ts'
import { countReasons, selectRefused } from './refused.ts'
import { countUnread, unreadBelow, unreadLines } from './unread.ts'

const rejects = [
  { code: 'small', column: 'n', message: 'too small' },
  { code: 'odd', message: 'it is odd' },
]
const table = `create table step.own as select * from (values (1, 'x', 3, 'f', 2, 'raw1'), (2, 'y', 0, null, null, null), (3, 'z', 2, 'f', 5, 'raw3'), (4, 'w', 1, 'g', 1, 'raw4')) t(n, code, _reject, _file, _line, _raw)`
const step = {
  stage: 'own',
  kind: 'clean',
  style: 'sql',
  rejects,
  columns: [{ name: 'n' }, { name: 'code' }],
  inputs: {},
} as never
const made = { run: sql`'r1'`, at: sql`timestamp '2026-01-01'` }

describe('a stored step', () => {
  it('shows its accepted rows, without reserved columns unless they are carried', async () => {
    await withSession(async (session) => {
      await session.run(table)
      const rows = (names: readonly string[], more: object = {}, where?: string) =>
        session.rows(selectAccepted({ ...(step as object), ...more } as never, names, where))
      expect(await rows(['n', '_reject'])).toEqual([{ n: 2, code: 'y' }])
      expect(await rows(['n'])).toHaveLength(4)
      expect(await rows(['n'], {}, 'n > 2')).toHaveLength(2)
      expect(await rows(['n', '_reject'], {}, 'n > 2')).toEqual([])
      expect(await rows(['n', '_reject'], { carries: true })).toEqual([
        { n: 2, code: 'y', _file: null, _line: null },
      ])
      await session.run('alter table step.own add column _forgotten boolean default false')
      await session.run('update step.own set _forgotten = true where n = 2')
      expect(await rows(['n', '_reject', '_forgotten'])).toEqual([])
    })
  })

  it('shows its refused rows as they came, with all reasons, where they stand and who made them', async () => {
    await withSession(async (session) => {
      await session.run(table)
      const select = (names: readonly string[]) => selectRefused({ step, names, numbering: undefined, made })
      expect(select(['n', 'code'])).toBeUndefined()
      expect(
        await session.rows(
          `${select(['n', 'code', '_reject', '_file', '_line', '_raw'])!.text} order by line`,
        ),
      ).toEqual([
        {
          file: 'g',
          line: 1,
          raw: 'raw4',
          codes: ['n: small'],
          reasons: ['too small'],
          run: 'r1',
          at: expect.stringContaining('2026-01-01'),
        },
        {
          file: 'f',
          line: 2,
          raw: 'raw1',
          codes: ['n: small', 'odd'],
          reasons: ['too small', 'it is odd'],
          run: 'r1',
          at: expect.anything(),
        },
        {
          file: 'f',
          line: 5,
          raw: 'raw3',
          codes: ['odd'],
          reasons: ['it is odd'],
          run: 'r1',
          at: expect.anything(),
        },
      ])
      const plain = await session.rows(`${select(['n', 'code', '_reject'])!.text} order by n`)
      expect(plain[0]).toMatchObject({ n: 1, code: 'x' })
      await session.run('create or replace table step.own as select n, code as run, _reject from step.own')
      const [first] = await session.rows(`${select(['n', 'run', '_reject'])!.text} order by n`)
      expect(first).toMatchObject({ 'run (column)': 'x', run: 'r1' })
    })
  })

  it('counts refused rows by reason, and what came true of its warnings over the others', async () => {
    await withSession(async (session) => {
      await session.run(table)
      expect(await countReasons(session, step)).toEqual([
        { stage: 'own', code: 'small', column_name: 'n', message: 'too small', rows: 2 },
        { stage: 'own', code: 'odd', column_name: null, message: 'it is odd', rows: 2 },
      ])
      await session.run('update step.own set _reject = 2 where _reject <> 0')
      expect((await countReasons(session, step)).map(({ code }) => code)).toEqual(['odd'])
      const warnings = [
        { code: 'a', message: 'm', counts: 'count(*) filter (where n > 1)' },
        { code: 'b', message: 'm', counts: 'count(*) filter (where n > 9)' },
        { code: 'c', message: 'm' },
        { code: 'd', message: 'm', counts: 'sum(n) filter (where n > 9)' },
      ]
      expect(await countOwnWarnings(session, { stage: 'own', rejects, warnings } as never)).toEqual([
        { stage: 'own', code: 'a', message: 'm', count: 1 },
      ])
      expect(await countOwnWarnings(session, { stage: 'own', rejects: [], warnings } as never)).toMatchObject(
        [{ count: 3 }],
      )
      expect(
        await countOwnWarnings(session, { stage: 'none', rejects, warnings: [warnings[2]] } as never),
      ).toEqual([])
    })
  })

  it('is measured: accepted, refused and grouped rows', async () => {
    await withSession(async (session) => {
      await session.run(table)
      await session.run('alter table step.own add column _rows bigint default 5')
      const measured = async (more: object, where?: string) => {
        const { accepted, refused, grouped } = await measureRows(
          session,
          { ...(step as object), ...more } as never,
          where,
        )
        return [accepted, refused, grouped]
      }
      expect(await measured({})).toEqual([1, 3, undefined])
      expect(await measured({ rejects: [] })).toEqual([4, 0, undefined])
      expect(await measured({ rows: 'group' })).toEqual([1, 3, 20])
      expect(await measured({ rows: 'group' }, 'n > 2')).toEqual([0, 2, 10])
      expect(await measured({ rows: 'group' }, 'n > 9')).toEqual([0, 0, 0])
    })
    const rows = { accepted: 5, refused: 2, grouped: 9 } as never
    const told = (more: object) => toldRead({ rows: 'same', proven: true, ...more } as never, rows)
    expect([told({}), told({ rows: 'group' }), told({ rows: 'filter' }), told({ proven: false })]).toEqual([
      7,
      9,
      undefined,
      undefined,
    ])
  })
})

describe('lines that a scan could not read', () => {
  it('are shown, counted, and move the lines of later rows down', async () => {
    await withSession(async (session) => {
      await session.run(
        `create table step."raw.refused" as select * from (values ('f', 2, 'bad', 'cast', 'no number', true), ('f', 4, 'bad', 'cast', 'no number', true), ('g', 1, 'bad', 'cut', 'too short', true), ('f', 9, 'x', 'cut', 'too short', false)) t(_file, _line, _raw, code, message, _skipped)`,
      )
      await session.run(
        `create table step.own as select * from (values (1, 1, 'f', 1), (2, 1, 'f', 2), (3, 1, 'f', 3), (4, 1, 'g', 1)) t(n, _reject, _file, _line)`,
      )
      expect(
        (await session.rows(`${unreadLines('raw', sql`'20260102T030405-0000'`)} order by file, line`))[0],
      ).toMatchObject({
        file: 'f',
        line: 2,
        raw: 'bad',
        codes: ['cast'],
        reasons: ['no number'],
        run: '20260102T030405-0000',
      })
      expect(await countUnread(session, 'raw')).toEqual([
        { stage: 'raw', code: 'cast', column_name: null, message: 'no number', rows: 2 },
        { stage: 'raw', code: 'cut', column_name: null, message: 'too short', rows: 2 },
      ])
      const source = { stage: 'raw', style: 'source', provenance: true, refused: 'select', inputs: {} }
      const between = { stage: 'mid', style: 'sql', carries: true, inputs: { input: ['raw'] } }
      const below = (input: object, more: readonly object[] = [source]) =>
        unreadBelow(
          { inputs: { input: ['mid'], more: ['raw'] } } as never,
          new Map([['mid', input], ...more.map((one) => [(one as { stage: string }).stage, one])] as never),
        )
      const numbering = below(between)!
      const lines = await session.rows(
        `select n, line from (${selectRefused({
          step,
          names: ['n', '_reject', '_file', '_line'],
          numbering,
          made,
        })!
          .text.replace('select ', 'select n as n, ')
          .replace('n as n, "_file"', 'n as n, "_file"')}) order by n`,
      )
      expect(lines.map(({ line }) => line)).toEqual([1, 3, 5, 2])
      expect(below({ ...between, carries: false })).toBeUndefined()
      expect(below(between, [{ ...source, refused: undefined }])).toBeUndefined()
      expect(below(between, [])).toBeUndefined()
    })
  })
})
