import type { Column } from '@sillage/sdk'
import { describe, expect, it } from 'vitest'
import { applyDrift } from './drift.ts'
import { ask } from './testing/small-plan.ts'

const column = (name: string, type: string): Column => ({ name, type })
type Policy = 'evolve' | 'freeze' | 'reject'

function drifted(
  [before, now]: readonly [readonly Column[] | undefined, readonly Column[]],
  {
    columns = 'evolve',
    types = 'evolve',
    select = 'select * from t',
    provenance = false,
    stored = undefined,
  }: {
    readonly columns?: Policy
    readonly types?: Policy
    readonly select?: string
    readonly provenance?: boolean
    readonly stored?: string | undefined
  } = {},
) {
  const step = {
    columns: now,
    select,
    rejects: [],
    stored,
    appended: { since: '', select: '', refused: undefined },
    provenance,
  }
  const { step: held, diagnostics } = applyDrift({
    stage: { name: 'raw', onDrift: { columns, types } } as never,
    step,
    last: before,
    locate: { key: () => undefined, value: () => undefined } as never,
  })
  return {
    held,
    step,
    told: diagnostics.map(({ severity, message, hint }) => `${severity}: ${message} → ${hint}`),
  }
}

const [a, b, c, n] = [
  column('a', 'INTEGER'),
  column('b', 'VARCHAR'),
  column('c', 'VARCHAR'),
  column('n', 'VARCHAR'),
]
const changed = 'The source of "raw" changed:'

describe('a source', () => {
  it('that is as it was, or is read for the first time, is left alone', () => {
    for (const before of [undefined, [b, a]]) {
      const { held, step, told } = drifted([before, [a, b]], { columns: 'freeze', types: 'reject' })
      expect([held, told]).toEqual([step, []])
    }
  })

  it.each<[readonly Column[], readonly Column[], string]>([
    [[a], [a, b], '"b" (VARCHAR) is new'],
    [[a, b], [a], '"b" is gone'],
    [[a, b], [a, c], '"b" is gone and "c" is new: was it renamed?'],
    [[a, b], [a, column('c', 'DATE')], '"c" (DATE) is new; "b" is gone'],
    [[a], [b, c], '"b" (VARCHAR) is new; "c" (VARCHAR) is new; "a" is gone'],
    [[a, b], [n], '"n" (VARCHAR) is new; "a" is gone; "b" is gone'],
  ])('says how its columns changed', (before, now, said) => {
    expect(drifted([before, now]).told).toEqual([
      `info: ${changed} ${said} → on_drift: freeze or reject stops such a change`,
    ])
    expect(drifted([before, now], { columns: 'freeze' }).told).toEqual([
      `error: ${changed} ${said} → fix the export, or allow the change for a run: on_drift: evolve`,
    ])
  })

  it('says how types changed, by a policy of their own', () => {
    const pair = [
      [a, b],
      [column('a', 'VARCHAR'), b],
    ] as const
    expect(drifted(pair, { columns: 'freeze' }).told).toEqual([
      `info: ${changed} "a" is VARCHAR instead of INTEGER → on_drift: freeze or reject stops such a change`,
    ])
    expect(drifted(pair, { types: 'freeze', columns: 'reject' }).told[0]).toContain('error:')
    expect(drifted(pair, { types: 'reject' }).told).toEqual([
      `warning: ${changed} "a" is VARCHAR instead of INTEGER → rows that carry the change are refused: sillage rejects --stage raw`,
    ])
  })

  it('cannot refuse rows for a column that is gone from all of them', () => {
    const { told, held, step } = drifted([[a, b, c], [a]], { columns: 'reject' })
    expect(told[1]).toBe(
      'error: "b", "c" of "raw" are gone from every row: there is no row to refuse → fix the export, or allow the change for a run: on_drift: evolve',
    )
    expect(held).toEqual(step)
    expect(drifted([[a, b], [a]], { columns: 'reject' }).told[1]).toContain('"b" of "raw" is gone')
    expect(drifted([[a], [a, b]], { columns: 'reject' }).told).toHaveLength(1)
  })
})

describe('a source that refuses a change', () => {
  const rows = `select * from (values (1, 'x', null), (2, 'y', 'new'), (3, 'z', null)) t(a, b, c)`

  it('keeps its columns, and refuses rows with a value in a new one', async () => {
    const { held } = drifted(
      [
        [a, b],
        [a, b, c],
      ],
      { columns: 'reject', select: rows },
    )
    expect(held).toMatchObject({
      columns: [a, b],
      rejects: [{ code: 'column_new', column: 'c', message: 'the column "c" is new' }],
      stored: 'it refuses rows that carry a change of its columns',
      appended: undefined,
    })
    expect(await ask(`${held.select} order by a`)).toEqual([
      { a: 1, b: 'x', _reject: 0, _raw: null },
      { a: 2, b: 'y', _reject: 1, _raw: '{"a":2,"b":"y","c":"new"}' },
      { a: 3, b: 'z', _reject: 0, _raw: null },
    ])
    expect(
      drifted(
        [
          [a, b],
          [a, b, c],
        ],
        { columns: 'reject', stored: 'a mart shows it' },
      ).held.stored,
    ).toBe('a mart shows it')
  })

  it('keeps its types, and refuses rows whose value is none of the old one', async () => {
    const texts = `select * from (values ('1', 'x', 'f', 1), ('01', 'y', 'f', 2), ('one', 'z', 'f', 3), (null, 'z', 'f', 4)) t(a, b, _file, _line)`
    const { held } = drifted(
      [
        [a, b],
        [column('a', 'VARCHAR'), b],
      ],
      { types: 'reject', select: texts, provenance: true },
    )
    expect(held.columns).toEqual([a, b])
    expect(held.rejects).toEqual([{ code: 'type_changed', column: 'a', message: 'the value is no INTEGER' }])
    expect(await ask(`select a, b, _file, _line, _reject from (${held.select}) order by _line`)).toEqual([
      { a: 1, b: 'x', _file: 'f', _line: 1, _reject: 0 },
      { a: 1, b: 'y', _file: 'f', _line: 2, _reject: 1 },
      { a: null, b: 'z', _file: 'f', _line: 3, _reject: 1 },
      { a: null, b: 'z', _file: 'f', _line: 4, _reject: 0 },
    ])
  })

  it('tells both by bits, and leaves alone what its policy allows', async () => {
    const pair = [
      [column('a', 'VARCHAR'), b],
      [a, b, c],
    ] as const
    const both = drifted(pair, { columns: 'reject', types: 'reject', select: rows }).held
    expect(both.rejects.map(({ code }) => code)).toEqual(['column_new', 'type_changed'])
    expect(await ask(`select a, _reject from (${both.select}) order by a`)).toEqual([
      { a: '1', _reject: 0 },
      { a: '2', _reject: 1 },
      { a: '3', _reject: 0 },
    ])
    expect(drifted(pair, { types: 'reject' }).held.columns.map(({ name }) => name)).toEqual(['a', 'b', 'c'])
    expect(drifted([[a], [a, b]], { types: 'reject' }).held.select).toBe('select * from t')
  })
})
