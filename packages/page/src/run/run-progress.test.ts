import fc from 'fast-check'
import { expect, it } from 'vitest'
import type { JournalEvent, RunDocument, StepFacts } from '../api/documents.ts'
import { balanceOf } from './balance.ts'
import { stageOf, toView, withEvent } from './run-progress.ts'

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

const document: RunDocument = {
  run: '20260101T000000-0001',
  pipeline: 'shop',
  status: 'running',
  started: '2026-01-01T00:00:00Z',
  whole: true,
  command: 'sillage run',
  stages: ['raw', 'lines'],
  unfinished: [],
  steps: [],
  checks: [],
}

const journal: readonly JournalEvent[] = [
  { event: 'run_started', run: document.run, at: document.started, stages: document.stages },
  { event: 'step_started', stage: 'raw', at: document.started },
  { event: 'step_finished', ...step('raw', { rows_in: null, rows_out: 6, rejected: 0 }) },
  { event: 'step_started', stage: 'lines', at: document.started },
  { event: 'step_progress', stage: 'lines', rows: 3 },
  { event: 'step_finished', ...step('lines') },
  {
    event: 'check_finished',
    stage: 'lines',
    check: 'unique(id)',
    status: 'pass',
    severity: 'error',
    found: 0,
  },
  { event: 'published', mart: 'shop.duckdb' },
  { event: 'run_finished', status: 'succeeded', seconds: 1 },
  { event: 'end', status: 'succeeded' },
]

it('stages go from not yet over running to done, line by line', () => {
  const states: string[] = []
  let view = toView(document)
  for (const event of journal) {
    view = withEvent(view, event)
    states.push(document.stages.map((stage) => stageOf(view, stage).state).join(' '))
  }
  expect([...new Set(states)]).toEqual([
    'pending pending',
    'running pending',
    'done pending',
    'done running',
    'done done',
  ])
  expect(view).toMatchObject({ status: 'succeeded', seconds: 1, mart: 'shop.duckdb' })
})

it('a stream that begins anew anywhere before what was told ends in the same view', () => {
  const whole = journal.reduce(withEvent, toView(document))
  fc.assert(
    fc.property(fc.nat(journal.length), fc.nat(journal.length), (told, back) => {
      const first = journal.slice(0, told).reduce(withEvent, toView(document))
      const again = journal.slice(Math.max(0, told - back)).reduce(withEvent, first)
      expect(again).toEqual(whole)
    }),
  )
})

it('a stage that did not finish is interrupted, failed where the error names it', () => {
  const begun = journal.slice(0, 4).reduce(withEvent, toView(document))
  expect(stageOf({ ...begun, status: 'interrupted' }, 'lines').state).toBe('interrupted')
  const error = { code: 'x', message: 'y', stage: 'lines' }
  expect(stageOf({ ...begun, status: 'failed', error }, 'lines').state).toBe('failed')
  expect(stageOf({ ...begun, steps: [step('raw', { action: 'reuse' })] }, 'raw').state).toBe('reused')
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
