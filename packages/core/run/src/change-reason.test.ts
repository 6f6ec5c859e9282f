import type { FileState, Step, StepParts } from '@sillage/plan'
import { describe, expect, it } from 'vitest'
import { changeReason } from './change-reason.ts'
import { left, rows, scan } from './steps.fixture.ts'

const parts: StepParts = {
  plugin: 'hash',
  duckdb: 'v1',
  config: { least: 3 },
  as_of: null,
  inputs: [],
  files: [],
  columns: [],
  provenance: false,
}
const file = (name: string, size = 1000, more: Partial<FileState> = {}): FileState =>
  ({ name, size, modified: 1, changed: 1, hash: `${size}`, ...more }) as FileState

/** Why a source is another than one with the parts of before. */
function reason(now: Partial<StepParts>, before: Partial<StepParts> = {}): string {
  const step = { ...scan('orders', 'f2'), parts: { ...parts, ...now } } as Step
  const known = { stage: 'orders', fingerprint: 'f1', parts: JSON.stringify({ ...parts, ...before }) }
  return changeReason({ step, steps: new Map([['orders', step]]), parts: new Map([['orders', known]]) })
}
const files = (now: readonly FileState[], before: readonly FileState[]) =>
  reason({ files: now }, { files: before })

describe('a step is another', () => {
  it.each<[string, Partial<StepParts>, Partial<StepParts>]>([
    ['the plugin changed', { plugin: 'other' }, {}],
    ['DuckDB v0 → v1', {}, { duckdb: 'v0' }],
    ['DuckDB of before → v1', {}, { duckdb: null }],
    ['`with.least` changed', { config: { least: 4 } }, {}],
    ['`with.more` changed; `with.least` changed', { config: { more: 1 } }, {}],
    ['its connection changed', { connection: { host: 'a' } }, {}],
    ['as_of is 2026-01-02 instead of 2026-01-01', { as_of: '2026-01-02' }, { as_of: '2026-01-01' }],
    ['it was called lines', { named: 'orders' }, { named: 'lines' }],
    ['its columns changed', { named: 'orders' }, {}],
    ['it now says where its rows stand', { provenance: true }, {}],
    ['its columns changed', {}, {}],
  ])('since %s', (said, now, before) => {
    expect(reason(now, before)).toBe(said)
  })

  it('since its files did: which are new, gone, longer, shorter or other', () => {
    expect(files([file('a'), file('b')], [file('a')])).toBe('b is new')
    expect(files([file('a'), file('b'), file('c')], [file('a')])).toBe('b, c are new')
    expect(
      files(
        [],
        ['a', 'b', 'c', 'd', 'e'].map((name) => file(name)),
      ),
    ).toBe('a, b, c and 2 more are gone')
    expect(files([file('a', 2204)], [file('a')])).toBe('a grew by 1,204 bytes')
    expect(files([file('a', 900)], [file('a')])).toBe('a shrank by 100 bytes')
    expect(files([file('a', 1000, { hash: 'x' })], [file('a')])).toBe('a changed')
    expect(files([file('a')], [file('a')])).toBe('its columns changed')
    const names = ['a', 'b', 'c', 'd', 'e']
    expect(
      files(
        names.map((name) => file(name, 1001)),
        names.map((name) => file(name)),
      ),
    ).toBe('a grew by 1 bytes; b grew by 1 bytes; c grew by 1 bytes; 2 more files changed')
    expect(
      files(
        names.slice(0, 3).map((name) => file(name, 1001)),
        names.slice(0, 3).map((name) => file(name)),
      ),
    ).not.toContain('more')
  })

  it('since a file moved, where rows say in which they stand', () => {
    const at = (shown: string, name = 'a', size = 1000) => file(name, size, { shown })
    expect(files([at('new/a')], [at('old/a')])).toBe('a is new/a now, was old/a')
    expect(files([at('x/a'), at('y/a')], [at('x/a'), at('z/a')])).toBe('a is new; a is gone')
    expect(files([at('x/a', 'a', 1001)], [at('x/a')])).toBe('a grew by 1 bytes')
    expect(files([at('x/a'), at('y/a', 'a', 1001)], [at('x/a'), at('y/a')])).toBe('a grew by 1 bytes')
  })
})

describe('a step behind others', () => {
  const orders = scan('orders', 'o2')
  const view = rows('view', 'v2', ['orders'], [orders], { stored: undefined })
  const lines = rows('lines', 'l2', ['view'], [view])
  const all = [orders, view, lines]
  const before = (stages: readonly Step[]) => left(stages).parts
  const told = (steps: readonly Step[], known: ReturnType<typeof before>, step: Step = steps.at(-1)!) =>
    changeReason({ step, steps: new Map(steps.map((one) => [one.stage, one])), parts: known })

  it('is told by what runs before it, through the views in its statement', () => {
    const old = scan('orders', 'o1')
    const oldView = rows('view', 'v1', ['orders'], [old], { stored: undefined })
    const known = before([old, oldView, rows('lines', 'l1', ['view'], [oldView])])
    expect(told(all, known)).toBe('view: orders runs')
    expect(told(all, new Map([...known].filter(([stage]) => stage !== 'view')))).toBe('view: it never ran')
    expect(told(all, new Map())).toBe('it never ran')
  })

  it('is told that it reads other stages', () => {
    const more = scan('more', 'm1')
    const joined = rows('lines', 'l2', ['orders', 'more'], [orders, more])
    const outputs = rows('lines', 'l2', ['orders.rest'], [orders])
    const known = before([orders, rows('lines', 'l1', ['orders'], [orders])])
    expect(told([orders, more, joined], known)).toBe('it reads other stages')
    expect(told([orders, outputs], known)).toBe('it reads other stages')
  })
})
