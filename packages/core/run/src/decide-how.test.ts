import { nothingKnown } from '@sillage/ledger'
import type { Step } from '@sillage/plan'
import { describe, expect, it } from 'vitest'
import { type DecisionFacts, decideHow } from './decide-how.ts'
import { batch, groups, left, rows, scan } from './steps.fixture.ts'

function decide(steps: readonly Step[], facts: Partial<DecisionFacts> = {}) {
  const how = decideHow({
    steps: new Map(steps.map((step) => [step.stage, step])),
    known: nothingKnown,
    pulled: new Set(),
    replay: undefined,
    sample: false,
    ...facts,
  })
  return Object.fromEntries(how)
}

const kinds = (decided: ReturnType<typeof decide>) =>
  Object.fromEntries(Object.entries(decided).map(([stage, { kind }]) => [stage, kind]))

/** A scan, a step row by row, one that groups, and a batch, as of a fingerprint each. */
function chain(version: string, more: { readonly grown?: boolean; readonly view?: boolean } = {}) {
  const before = `orders-${Number(version) - 1}`
  const orders = scan('orders', `orders-${version}`, {
    ...(more.grown ? { grownSince: before } : {}),
    ...(more.view ? { stored: undefined } : {}),
  })
  const lines = rows('lines', `lines-${version}`, ['orders'], [orders])
  const people = groups('people', `people-${version}`, ['lines'], [lines])
  const shown = batch('shown', `shown-${version}`, ['lines'], [lines])
  return [orders, lines, people, shown]
}

describe('how a step is made', () => {
  it('is whole where nothing is known', () => {
    expect(kinds(decide(chain('1')))).toEqual({
      orders: 'whole',
      lines: 'whole',
      people: 'whole',
      shown: 'whole',
    })
  })

  it('is reused where nothing changed, and whole again in a sample, but for what was just read', () => {
    const steps = chain('1')
    const known = left(steps)
    expect(kinds(decide(steps, { known }))).toEqual({
      orders: 'reuse',
      lines: 'reuse',
      people: 'reuse',
      shown: 'reuse',
    })
    expect(kinds(decide(steps, { known, sample: true, pulled: new Set(['orders']) }))).toEqual({
      orders: 'reuse',
      lines: 'whole',
      people: 'whole',
      shown: 'whole',
    })
  })

  it.each([
    ['a scan that is stored', false, { at: 'range', fingerprint: 'lines-1' }],
    ['a scan that is a view', true, { at: 'range', fingerprint: 'lines-1' }],
  ])('follows %s whose files only grew', (_, view, mark) => {
    const decided = decide(chain('2', { grown: true, view }), { known: left(chain('1', { view })) })
    expect(decided.lines).toEqual({
      kind: 'append',
      since: [
        view ? { stage: 'orders', at: 'scan' } : { stage: 'orders', at: 'range', fingerprint: 'orders-1' },
      ],
    })
    expect(decided.people).toEqual({
      kind: 'regroup',
      since: [{ stage: 'lines', ...mark }],
      keyed: ['lines'],
    })
    expect(decided.shown).toEqual({ kind: 'append', since: [{ stage: 'lines', ...mark }] })
    expect(decided.orders).toEqual(
      view ? undefined : { kind: 'append', since: [{ stage: 'orders', at: 'scan' }] },
    )
  })

  it('is whole behind what was made anew', () => {
    const decided = decide(chain('2'), { known: left(chain('1')) })
    expect(kinds(decided)).toEqual({ orders: 'whole', lines: 'whole', people: 'whole', shown: 'whole' })
  })

  it('is whole where its own configuration changed', () => {
    const steps = chain('2', { grown: true })
    const changed = steps.map((step) =>
      step.stage === 'lines'
        ? ({ ...step, parts: { ...step.parts, config: { strict: true } } } as Step)
        : step,
    )
    expect(kinds(decide(changed, { known: left(chain('1')) }))).toEqual({
      orders: 'append',
      lines: 'whole',
      people: 'whole',
      shown: 'whole',
    })
  })

  it('is whole where the rows of a second input changed, or are those that are new', () => {
    const orders = (version: string) =>
      scan('orders', `orders-${version}`, version === '2' ? { grownSince: 'orders-1' } : {})
    const names = (version: string) => scan('names', `names-${version}`)
    const joined = (version: string, all: readonly Step[]) =>
      rows('joined', `joined-${version}`, ['orders', 'names'], all, {
        inputs: { input: ['orders'], names: ['names'] },
      })
    const one = [orders('1'), names('1')]
    const known = left([...one, joined('1', one)])
    const same = [orders('2'), names('1')]
    expect(kinds(decide([...same, joined('2', same)], { known })).joined).toBe('append')
    const other = [orders('2'), names('2')]
    expect(kinds(decide([...other, joined('2', other)], { known })).joined).toBe('whole')
  })

  it('is whole where a second input shows rows, through a view, that the first one brings', () => {
    const steps = (version: string, view: boolean): readonly Step[] => {
      const orders = scan('orders', `orders-${version}`, version === '2' ? { grownSince: 'orders-1' } : {})
      const names = scan('names', 'names-1')
      const under = view ? 'orders' : 'names'
      const shown = rows('shown', view ? `shown-${version}` : 'shown-1', [under], [orders, names], {
        stored: undefined,
      })
      const all = [orders, names, shown]
      const inputs = { input: ['orders'], names: ['shown'] }
      return [...all, rows('joined', `joined-${version}`, ['orders', 'shown'], all, { inputs })]
    }
    expect(kinds(decide(steps('2', false), { known: left(steps('1', false)) })).joined).toBe('append')
    expect(kinds(decide(steps('2', true), { known: left(steps('1', true)) })).joined).toBe('whole')
  })

  it('is whole where a step leaves rows out of groups, has further outputs or its key is made below it', () => {
    const orders = scan('orders', 'orders-2', { grownSince: 'orders-1' })
    const lines = rows('lines', 'lines-2', ['orders'], [orders], { stored: undefined, creates: ['id'] })
    const steps = [
      orders,
      lines,
      groups('by-made-key', 'k-2', ['lines'], [lines]),
      groups('unproven', 'u-2', ['orders'], [orders], { proven: false }),
      rows('merged', 'm-2', ['orders'], [orders], { rows: 'merge' }),
      rows('outputs', 'o-2', ['orders'], [orders], { outputs: { more: { select: 's', columns: [] } } }),
    ]
    const before = scan('orders', 'orders-1')
    const linesBefore = rows('lines', 'lines-1', ['orders'], [before], { stored: undefined, creates: ['id'] })
    const known = left([
      before,
      linesBefore,
      groups('by-made-key', 'k-1', ['lines'], [linesBefore]),
      groups('unproven', 'u-1', ['orders'], [before], { proven: false }),
      rows('merged', 'm-1', ['orders'], [before], { rows: 'merge' }),
      rows('outputs', 'o-1', ['orders'], [before], { outputs: { more: { select: 's', columns: [] } } }),
    ])
    const { orders: source, ...others } = kinds(decide(steps, { known }))
    expect(source).toBe('append')
    expect(new Set(Object.values(others))).toEqual(new Set(['whole']))
  })

  it('replays the stage that is named, unless nothing changed, and what reads it goes on behind', () => {
    const orders = scan('orders', 'orders-1')
    const lines = (version: string) => rows('lines', `lines-${version}`, ['orders'], [orders])
    const shown = (version: string) => batch('shown', `shown-${version}`, ['lines'], [lines(version)])
    const known = left([orders, lines('1'), shown('1')])
    const decided = decide([orders, lines('2'), shown('2')], { known, replay: 'lines' })
    expect(kinds(decided)).toEqual({ orders: 'reuse', lines: 'replay', shown: 'append' })
    expect(kinds(decide([orders, lines('1')], { known, replay: 'lines' })).lines).toBe('reuse')
  })

  it('reads behind the last range of a source that was read before the steps', () => {
    const orders = scan('orders', 'orders-2', { asked: 'all' })
    const lines = rows('lines', 'lines-2', ['orders'], [orders])
    const before = scan('orders', 'orders-1', { asked: 'all' })
    const known = left([before, rows('lines', 'lines-1', ['orders'], [before])])
    const grown = {
      ...known,
      steps: new Map([
        ...known.steps,
        ['orders', { ...known.steps.get('orders')!, fingerprint: 'orders-2' }],
      ]),
      ranges: new Map([
        ...known.ranges,
        [
          'orders',
          [
            ...known.ranges.get('orders')!,
            { stage: 'orders', fingerprint: 'orders-2', first_row: 10, rows: 5, run: 'r2' },
          ],
        ],
      ]),
    }
    expect(decide([orders, lines], { known: grown, pulled: new Set(['orders']) })).toEqual({
      orders: { kind: 'reuse' },
      lines: { kind: 'append', since: [{ stage: 'orders', at: 'range', fingerprint: 'orders-1' }] },
    })
  })

  it('is whole on an engine that keeps no ranges', () => {
    const known = { ...left(chain('1')), ranges: new Map() }
    const decided = kinds(decide(chain('2', { grown: true }), { known }))
    expect(decided).toEqual({ orders: 'whole', lines: 'whole', people: 'whole', shown: 'whole' })
  })
})
