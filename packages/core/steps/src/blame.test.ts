import { SillageError } from '@sillage/base'
import type { Sql } from '@sillage/sdk'
import { describe, expect, it } from 'vitest'
import { blameFused } from './blame.ts'
import { figuresOf } from './relations/figures.ts'
import { withSession } from './testing/with-session.ts'

const failed = new SillageError({ code: 'statement_failed', message: 'it failed', facts: { n: 1 }, exit: 1 })
const step = (stage: string, style = 'sql', more: object = {}) =>
  ({ stage, style, kind: 'clean', ...more }) as never

const blamed = (error: unknown, fused: readonly unknown[], own = step('own')) =>
  withSession(async (session) => {
    await session.run('create schema clean')
    await session.run('create view clean.good as select 1 as n')
    await session.run(`create view clean.bad as select ('x' || range)::integer as n from range(2)`)
    const { probe } = figuresOf(session)
    return (await blameFused({ error, step: own, fused: fused as never, probe })) as SillageError
  })

describe('a statement that failed', () => {
  it('is blamed on the first view in it that fails by itself', async () => {
    const told = await blamed(failed, [step('good'), step('bad'), step('none')])
    expect(told).toMatchObject({
      code: 'statement_failed',
      message: expect.stringMatching(/^"bad": /),
      hint: expect.stringContaining('clean/contract refuses'),
      facts: { stage: 'bad' },
    })
    expect((await blamed(failed, [step('bad', 'source')])).hint).toContain('check the file')
  })

  it('is blamed on the step where each view goes well', async () => {
    expect(await blamed(failed, [step('good')])).toMatchObject({
      message: '"own": it failed',
      facts: { n: 1, stage: 'own' },
      exit: 1,
    })
    const hinted = new SillageError({ code: 'statement_failed', message: 'a', hint: 'b' })
    expect((await blamed(hinted, [])).hint).toBe('b')
    expect((await blamed(failed, [], step('own', 'source'))).hint).toContain('check the file')
  })

  it('of another kind is left as it is', async () => {
    const other = new SillageError({ code: 'rows_lost', message: 'lost' })
    expect(await blamed(other, [step('bad')])).toBe(other)
    const plain = new TypeError('x')
    expect(await blamed(plain, [step('bad')])).toBe(plain)
  })

  const file = (shown: string, select: string) => ({ shown, select })
  it('is blamed on the file that cannot be read by itself', async () => {
    const source = step('raw', 'source', {
      each: [file('a.csv', 'select 1'), file('b.csv', `select 'x'::integer`)],
    })
    for (const code of ['statement_failed', 'out_of_memory'] as const)
      expect(await blamed(new SillageError({ code, message: 'm' }), [source])).toMatchObject({
        code: 'file_damaged',
        message: expect.stringMatching(/^"raw": b.csv cannot be read: /),
        facts: { stage: 'raw' },
      })
    expect((await blamed(failed, [], source)).code).toBe('file_damaged')
    const whole = step('good', 'source', { each: [file('a.csv', 'select 1')] })
    expect((await blamed(failed, [whole])).code).toBe('statement_failed')
    const sql = step('good', 'sql', { each: [file('b.csv', `select 'x'::integer`)] })
    expect((await blamed(failed, [sql])).code).toBe('statement_failed')
    expect((await blamed(new SillageError({ code: 'rows_lost', message: 'm' }), [source])).code).toBe(
      'rows_lost',
    )
  })

  it('asked for more memory than there is, which a damaged file may do', async () => {
    const probe = async (select: Sql) => {
      throw new SillageError({ code: select.text === 'a' ? 'out_of_memory' : 'rows_lost', message: 'much' })
    }
    const source = (select: string) => step('raw', 'source', { each: [file('a.parquet', select)] })
    const told = async (select: string) =>
      (await blameFused({ error: failed, step: step('own'), fused: [source(select)], probe })) as SillageError
    expect((await told('a')).message).toBe(
      '"raw": a.parquet cannot be read: it asks for more memory than there is',
    )
    expect((await told('b')).code).not.toBe('file_damaged')
  })
})
