import { SillageError } from '@sillage/base'
import { expect, it } from 'vitest'
import { checksOfModel, findingsOf, heldToFit } from './model-findings.ts'

const doubt = {
  code: 'model_doubtful',
  check: 'it ranks',
  holds: false,
  found: 0.4,
  message: 'it does not rank',
  hint: 'look',
}
const step = (on_unfit: string) =>
  ({ makes: [{ name: 'a' }, { name: 'b' }], config: { on_unfit }, plugin: 'predict/own' }) as never
const fit = async (model: object) => model as never
const failing = async (error: unknown): Promise<never> => {
  throw error
}

it('a model that doubts its own fit stands, unless it may not', async () => {
  const model = { findings: [{ ...doubt, holds: true }, doubt] }
  expect(await heldToFit(fit(model), step('warn'))).toBe(model)
  await expect(heldToFit(fit(model), step('fail'))).rejects.toMatchObject({
    code: 'data_unfit',
    message: expect.stringContaining('plugin predict/own: it does not rank'),
  })
  const sure = { findings: [{ ...doubt, holds: true }] }
  expect(await heldToFit(fit(sure), step('fail'))).toBe(sure)
})

it('where the data do not carry the model one stands for it that says why', async () => {
  const unfit = new SillageError({
    code: 'data_unfit',
    message: 'worker: too few',
    hint: 'more',
    cause: new Error('too few'),
  })
  expect(await heldToFit(failing(unfit), step('warn'))).toEqual({
    unfit: true,
    findings: [
      {
        code: 'model_unfit',
        check: 'the data carry the model',
        holds: false,
        found: 0,
        message: 'the columns of the model are null: too few',
        hint: 'more',
        nulls: ['a', 'b'],
      },
    ],
  })
  const bare = new SillageError({ code: 'data_unfit', message: 'too few' })
  expect(findingsOf(await heldToFit(failing(bare), step('warn')))).toMatchObject([
    {
      message: 'the columns of the model are null: too few',
      hint: 'give the step more data, or remove it',
    },
  ])
  await expect(heldToFit(failing(unfit), step('fail'))).rejects.toBe(unfit)
  const other = new SillageError({ code: 'rows_lost', message: 'lost' })
  await expect(heldToFit(failing(other), step('warn'))).rejects.toBe(other)
})

it('what a kept model found of its fit are checks that warn', () => {
  const kept = [
    { stage: 'own', model: JSON.stringify({ findings: [doubt, { ...doubt, holds: true, found: 1 }] }) },
  ] as never
  expect(checksOfModel('own', kept)).toEqual([
    { stage: 'own', check: 'it ranks', status: 'warn', severity: 'warn', found: 0.4 },
    { stage: 'own', check: 'it ranks', status: 'pass', severity: 'warn', found: 1 },
  ])
  expect([checksOfModel('other', kept), findingsOf({} as never)]).toEqual([[], []])
})
