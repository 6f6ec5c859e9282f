import { duckdbEngine } from '@sillage/duckdb/engine'
import { placesOf } from '@sillage/pipeline'
import { afterAll, expect, it } from 'vitest'
import { listDeliveries } from './list-deliveries.ts'
import { resend } from './resend.ts'
import { PeopleProject } from './testing/people.ts'

const one = new PeopleProject()
afterAll(() => one[Symbol.dispose]())
const listed = () =>
  listDeliveries({ places: placesOf(one.folder), pipeline: 'small', openDatabase: duckdbEngine.openDatabase })
const again = async (agrees: boolean, more: Partial<Parameters<typeof resend>[0]> = {}) => {
  const plan = await one.plan()
  const asked: number[] = []
  const rows = await resend({
    stores: duckdbEngine,
    plan,
    step: plan.steps.find((step) => step.stage === 'crm') as never,
    choice: {},
    command: 'sillage resend',
    // Between two runs, which are a minute apart.
    now: new Date(Date.UTC(2026, 0, 1, 0, one.runs, 30)),
    agree: async (found) => {
      asked.push(found)
      return agrees
    },
    delivered: false,
    ...more,
  })
  return { rows, asked }
}

it('nothing can be sent again before a run', async () => {
  await expect(again(true)).rejects.toMatchObject({
    code: 'not_run_yet',
    hint: 'sillage run small',
    exit: 1,
  })
})

it('what was delivered is listed from the state alone', async () => {
  one.receiver.answer = (rows) =>
    rows.some(({ person_id }) => person_id === '178501')
      ? { refused: [{ row: rows.length - 1, code: 'bad', message: 'no' }] }
      : {}
  await one.run()
  const { deliveries, receivers } = await listed()
  expect(
    deliveries.map(({ stage, rows, refused, messages, status }) => [stage, rows, refused, messages, status]),
  ).toEqual([
    ['list', 3, 0, 1, 'sent'],
    ['sheet', 3, 0, 1, 'sent'],
    ['crm', 2, 1, 2, 'sent'],
  ])
  expect(receivers).toMatchObject([
    { stage: 'crm', mode: 'mirror', accepted: 2, refused: 1, unknown: 0, waiting: { messages: 0, rows: 0 } },
  ])
})

it('rows are sent again where it is agreed to, taken for delivered where that is asked, else left', async () => {
  one.receiver.answer = () => ({})
  const told = one.receiver.told.length
  expect(await again(false)).toEqual({ rows: undefined, asked: [3] })
  await one.run()
  expect(one.receiver.told).toHaveLength(told)
  expect(await again(true, { choice: { failed: true } })).toEqual({ rows: 1, asked: [1] })
  await one.run()
  expect(one.receiver.told.slice(told).flatMap(({ rows }) => rows)).toMatchObject([{ person_id: '178501' }])
  expect(await again(true)).toEqual({ rows: 3, asked: [3] })
  expect(await again(true, { delivered: true, choice: {} })).toEqual({ rows: 0, asked: [0] })
})
