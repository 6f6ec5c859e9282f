import { expect, it } from 'vitest'
import { modelStyle } from './model.ts'

const finding = (holds: boolean, nulls?: readonly string[]) => ({
  code: 'doubtful',
  check: 'it ranks',
  holds,
  found: 1,
  message: 'it does not rank',
  hint: 'look',
  ...(nulls ? { nulls } : {}),
})
const step = {
  stage: 'own',
  plugin: 'predict/own',
  module: 'file:///own.mjs',
  config: { on_unfit: 'warn' },
  asOf: '2026-01-31',
  reads: ['b'],
  unitColumns: [
    { name: 'a', type: 'INTEGER' },
    { name: 'b', type: 'DOUBLE' },
  ],
  makes: [{ name: 'x' }, { name: 'y' }],
} as never

/** Fits on a pool that gives just this model. */
async function fitted(model: object) {
  const asked: unknown[] = []
  const pool = {
    fit: async (task: unknown) => {
      asked.push(task)
      return model
    },
  }
  const { work, warnings } = await modelStyle.prepare(step, {
    pool: { get: async () => pool },
    signal: new AbortController().signal,
  } as never)
  const data = { b: new Float64Array([1]) }
  const made = await (
    work as {
      readonly fit: (data: object) => Promise<{ readonly nulls: ReadonlySet<string>; readonly model: object }>
    }
  ).fit(data)
  return { asked, nulls: [...made.nulls], model: made.model, warnings: warnings() }
}

it('a model is fitted on the numbers that it asks for, and what it doubts is warned of', async () => {
  const model = { findings: [finding(true, ['x']), finding(false, ['y']), finding(false)] }
  const told = await fitted(model)
  expect(told.asked).toEqual([
    {
      kind: 'fit',
      plugin: 'predict/own',
      module: 'file:///own.mjs',
      config: { on_unfit: 'warn' },
      asOf: '2026-01-31',
      data: { b: new Float64Array([1]) },
    },
  ])
  const warning = { stage: 'own', code: 'doubtful', message: 'it does not rank', hint: 'look' }
  expect([told.model, told.nulls, told.warnings]).toEqual([model, ['y'], [warning, warning]])
  expect(await fitted({})).toMatchObject({ nulls: [], warnings: [] })
})
