import type { SillageError } from '@sillage/base'
import { describe, expect, it } from 'vitest'
import type { Made, MadeRows, Order } from './engine.ts'
import { fusedSteps } from './fused.ts'
import { makeStep } from './make-step.ts'
import { worksInWorkers } from './styles.ts'
import { Tally } from './tally.ts'

const rows = (more: Partial<MadeRows> = {}): MadeRows => ({
  read: 10,
  accepted: 7,
  refused: 3,
  grouped: undefined,
  keptOut: 0,
  outputs: {},
  ...more,
})
const counts = (rows_in: number | null, rows_out: number, rejected: number, merged = 0, filtered = 0) => ({
  rows_in,
  rows_out,
  rejected,
  merged,
  filtered,
})
const current = { stage: 'own', fingerprint: 'f', run: 'r0', seconds: 1, ...counts(10, 7, 3) }

const base = {
  stage: 'own',
  kind: 'clean',
  onReject: 'quarantine',
  rows: 'same',
  inputs: { input: ['raw'] },
  reads: [],
  inputColumns: [],
  rejects: [{}],
  makes: [],
  outputs: {},
  limits: {},
  config: {},
  plugin: 'clean/own',
  module: 'file:///own.mjs',
}

/** Makes a step on an engine that made just these rows; tells what was committed. */
async function make(
  step: object,
  made: MadeRows,
  more: { readonly how?: object; readonly before?: object; readonly counted?: number } = {},
) {
  const { how = { kind: 'whole' }, before, counted = 10 } = more
  const committed: unknown[] = []
  const orders: Order[] = []
  let disposed = 0
  const own = { ...base, ...step }
  const tally = new Tally(
    new Map<string, object>([
      ['own', own],
      ['raw', { style: 'source', inputs: {} }],
    ]) as never,
    async () => counted,
  )
  const maker = {
    make: async (order: Order) => {
      orders.push(order)
      return {
        rows: made,
        commit: async (record: unknown) => void committed.push(record),
        [Symbol.asyncDispose]: async () => {
          disposed += 1
        },
      } as unknown as Made
    },
  }
  const hands = {
    pool: {},
    secret: (name: string) => `secret-${name}`,
    note: () => {},
    signal: new AbortController().signal,
  }
  const told = await makeStep(
    { step: own, how, fused: [], before } as never,
    { maker, tally, hands } as never,
  ).catch((error: unknown) => error as SillageError)
  return { told, committed, orders, disposed, tally }
}
const before = { counts: current, parts: '{}' }

describe('a step', () => {
  it('is committed with counts that hold, which those who read it count on', async () => {
    const { told, committed, orders, disposed, tally } = await make(
      { style: 'sql' },
      rows({ outputs: { more: 2 } }),
    )
    expect(told).toEqual(counts(10, 7, 3))
    expect(committed).toEqual([{ counts: counts(10, 7, 3), seconds: expect.any(Number), warnings: [] }])
    expect([orders[0]!.work, disposed, tally.get('own'), tally.get('own.more'), tally.get('raw')]).toEqual([
      { kind: 'select', step: expect.objectContaining({ stage: 'own' }) },
      1,
      7,
      2,
      10,
    ])
  })

  it('that loses rows is not committed', async () => {
    for (const style of ['sql', 'batch', 'program']) {
      const { told, committed, disposed } = await make({ style }, rows({ accepted: 6 }))
      expect([(told as SillageError).code, committed, disposed], style).toEqual(['rows_lost', [], 1])
    }
  })

  it('that may refuse no row is not committed where it does', async () => {
    const { told, committed } = await make({ style: 'sql', onReject: 'fail' }, rows())
    expect(told).toMatchObject({ code: 'rows_refused', exit: 4, facts: { stage: 'own', rejected: 3 } })
    expect(committed).toEqual([])
    expect((await make({ style: 'sql', onReject: 'fail' }, rows({ accepted: 10, refused: 0 }))).told).toEqual(
      counts(10, 10, 0),
    )
  })

  it('that was added to counts what was there before with it', async () => {
    const { told } = await make({ style: 'sql' }, rows({ read: 5, accepted: 4, refused: 1 }), {
      how: { kind: 'append', since: [] },
      before,
    })
    expect(told).toEqual(counts(15, 11, 4))
    const source = await make(
      { style: 'source', inputs: {} },
      rows({ accepted: 4, refused: 1, keptOut: 2 }),
      {
        how: { kind: 'append', since: [] },
        before: { ...before, counts: { ...current, rows_in: null, filtered: 1 } },
      },
    )
    expect(source.told).toEqual(counts(null, 11, 4, 0, 3))
  })

  it('of which groups were made anew read what was there and what came', async () => {
    const { told } = await make(
      { style: 'sql', rows: 'group' },
      rows({ read: 5, accepted: 3, refused: 0, grouped: 15 }),
      { how: { kind: 'regroup', since: [], keyed: [] }, before },
    )
    expect(told).toEqual(counts(15, 3, 0, 12))
  })

  it('that was replayed has the rows that it has now', async () => {
    for (const style of ['sql', 'batch'])
      expect(
        (await make({ style }, rows({ accepted: 9, refused: 1 }), { how: { kind: 'replay' }, before })).told,
        style,
      ).toMatchObject(counts(10, 9, 1))
  })

  it('that scans files has as many rows as it gave; who was kept out counts as left out', async () => {
    const { told, orders } = await make(
      { style: 'source', inputs: {} },
      rows({ accepted: 4, refused: 1, keptOut: 2 }),
    )
    expect([told, orders[0]!.work]).toEqual([
      counts(null, 4, 1, 0, 2),
      { kind: 'scan', step: expect.objectContaining({ stage: 'own' }) },
    ])
  })

  it('in workers must have read all that there was', async () => {
    const lost = await make({ style: 'batch' }, rows({ read: 9, accepted: 6, expected: 10 } as never))
    expect(lost.told).toMatchObject({ code: 'rows_lost', message: '"own" read 9 of 10 rows' })
    expect((await make({ style: 'batch' }, rows({ expected: 10 } as never))).told).toEqual(counts(10, 7, 3))
    expect((await make({ style: 'batch' }, rows())).told).toEqual(counts(10, 7, 3))
  })

  it('in workers is a function over batches with the columns that it makes, and one for refusals', async () => {
    const column = { name: 'n', type: 'INTEGER' }
    const work = async (rejects: readonly object[]) =>
      (await make({ style: 'batch', makes: [column], rejects }, rows({ accepted: 10, refused: 0 })))
        .orders[0]!.work as { readonly kind: string; readonly output: readonly { readonly name: string }[] }
    expect((await work([])).output.map(({ name }) => name)).toEqual(['n'])
    expect((await work([{}])).output.map(({ name }) => name)).toEqual(['n', '_reject'])
    expect((await work([])).kind).toBe('map')
  })
})

it('code of plugins runs for batches, models and programs', () => {
  const works = (style: string) => worksInWorkers({ style } as never)
  expect(['source', 'sql', 'batch', 'model', 'program', 'sink'].map(works)).toEqual([
    false,
    false,
    true,
    true,
    true,
    false,
  ])
})

it('views in a statement are told nearest source first, each once', () => {
  const step = (stage: string, reads: readonly string[], stored?: string) =>
    [stage, { stage, stored, inputs: { input: reads } }] as const
  const steps = new Map([
    step('a', []),
    step('b', ['a']),
    step('c', ['b.more', 'a']),
    step('t', ['b'], 'a table'),
    step('own', ['c', 't'], 'x'),
  ]) as never
  const names = (stage: string) =>
    fusedSteps((steps as Map<string, never>).get(stage)!, { steps }).map((one) => one.stage)
  expect([names('own'), names('t'), names('a')]).toEqual([['a', 'b', 'c'], ['a', 'b'], []])
})
