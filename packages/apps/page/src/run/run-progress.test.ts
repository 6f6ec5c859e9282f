import { type JournalLine, type StepFacts, summarise } from '@sillage/journal'
import fc from 'fast-check'
import { expect, it } from 'vitest'
import { balanceOf } from './balance.ts'
import { martStateOf, type RunView, stageOf, toView, withEvent } from './run-progress.ts'

const step = (stage: string, more: Partial<StepFacts> = {}): StepFacts => ({
  stage,
  plugin: 'clean/contract',
  action: 'run',
  rows_in: 6,
  rows_out: 5,
  rejected: 1,
  merged: 0,
  filtered: 0,
  seconds: 0.1,
  ...more,
})

const run = '20260101T000000-0001'
const at = '2026-01-01T00:00:00.000Z'
const stages = ['raw', 'lines']
const plugin = 'clean/contract'
const journal: readonly JournalLine[] = [
  { n: 1, at, event: 'run_started', run, pipeline: 'shop', pid: 1, command: 'sillage run', stages },
  { n: 2, at, event: 'step_started', stage: 'raw', plugin },
  { n: 3, at, event: 'step_finished', ...step('raw', { rows_in: null, rows_out: 6, rejected: 0 }) },
  { n: 4, at, event: 'step_started', stage: 'lines', plugin },
  { n: 5, at, event: 'step_progress', stage: 'lines', rows: 3 },
  { n: 6, at, event: 'step_finished', ...step('lines') },
  {
    n: 7,
    at,
    event: 'check_finished',
    stage: 'lines',
    check: 'unique',
    status: 'pass',
    severity: 'error',
    found: 0,
  },
  { n: 8, at, event: 'published', mart: 'shop.duckdb', tables: { lines: 5 } },
  { n: 9, at, event: 'run_finished', status: 'succeeded', seconds: 1 },
]
const begun = (lines = 1): RunView => toView(summarise(journal.slice(0, lines))!)

it('tables are done once they are published, and unchanged where a whole run had nothing to publish', () => {
  const statesOf = (lines: readonly JournalLine[]) => {
    const states = new Set<string>()
    let view = begun()
    for (const line of lines) {
      view = withEvent(view, line)
      states.add(martStateOf(view))
    }
    return [...states]
  }
  const unpublished = journal.filter(({ event }) => event !== 'published')
  const part = unpublished.map((line) => (line.event === 'run_started' ? { ...line, whole: false } : line))
  expect(statesOf(journal)).toEqual(['pending', 'done'])
  expect(statesOf(unpublished)).toEqual(['pending', 'reused'])
  expect(statesOf(part)).toEqual(['pending'])
  expect(martStateOf(undefined)).toBe('pending')
})

it('stages go from not yet over running to done, line by line', () => {
  const states: string[] = []
  let view = begun()
  for (const event of journal) {
    view = withEvent(view, event)
    states.push(stages.map((stage) => stageOf(view, stage).state).join(' '))
  }
  expect([...new Set(states)]).toEqual([
    'pending pending',
    'running pending',
    'done pending',
    'done running',
    'done done',
  ])
  expect(withEvent(view, { event: 'end', status: 'succeeded' })).toEqual(view)
})

it('wherever one begins to follow, and however far back a stream begins anew, one ends where the journal does', () => {
  const whole = summarise(journal)!
  fc.assert(
    fc.property(fc.integer({ min: 1, max: journal.length }), fc.nat(journal.length), (known, back) => {
      const view = journal.slice(Math.max(0, known - back)).reduce<RunView>(withEvent, begun(known))
      expect(view).toMatchObject({
        run,
        status: whole.status,
        seconds: whole.seconds,
        mart: whole.mart,
        unfinished: whole.unfinished,
        steps: whole.steps,
        checks: whole.checks,
      })
      expect(view.steps).toHaveLength(whole.steps.length)
      expect(view.checks).toHaveLength(whole.checks.length)
    }),
  )
})

it('a stage that did not finish is interrupted, failed where the error names it', () => {
  const view = begun(4)
  expect(stageOf({ ...view, status: 'interrupted' }, 'lines').state).toBe('interrupted')
  const error = { code: 'x', message: 'y', stage: 'lines' }
  expect(stageOf({ ...view, status: 'failed', error }, 'lines').state).toBe('failed')
  expect(stageOf({ ...view, steps: [step('raw', { action: 'reuse' })] }, 'raw').state).toBe('reused')
  expect(stageOf(undefined, 'raw').state).toBe('pending')
})

it('what a delivery leaves out is not filtered', () => {
  const steps = [
    step('raw', { rows_in: null, rows_out: 6, rejected: 0 }),
    step('lines'),
    step('list', { plugin: 'activate/file', filtered: 4, rejected: 0 }),
  ]
  expect(balanceOf(steps)).toEqual({ received: 6, rejected: 1, merged: 0, filtered: 0 })
})
