import { SillageError } from '@sillage/base'
import { describe, expect, it } from 'vitest'
import { deliveryError, describeFailure } from './run-result.ts'
import { inStage } from './step-report.ts'

const going = new AbortController().signal
const stopped = AbortSignal.abort()

describe('what a run met', () => {
  it('is told in words, with the stage and the exit code', () => {
    const error = new SillageError({
      code: 'rows_lost',
      message: 'lost',
      hint: 'mend',
      facts: { stage: 'own' },
    })
    expect(describeFailure(error, going)).toEqual({
      error: { code: 'rows_lost', message: 'lost', stage: 'own', hint: 'mend' },
      exit: 1,
      interrupted: false,
    })
    const bare = new SillageError({ code: 'busy', message: 'held', exit: 75, facts: { stage: 3 } })
    expect(describeFailure(bare, going)).toEqual({
      error: { code: 'busy', message: 'held' },
      exit: 75,
      interrupted: false,
    })
  })

  it('is an interruption where it was told to stop, whatever came of that', () => {
    expect(describeFailure(new Error('x'), stopped)).toMatchObject({
      error: { code: 'interrupted' },
      exit: 130,
      interrupted: true,
    })
  })

  it('is an error of Sillage where nobody knows it, and one of the system where the system says so', () => {
    expect(describeFailure(new TypeError('x is undefined\nat y'), going)).toMatchObject({
      error: { code: 'internal', message: 'x is undefined' },
      interrupted: false,
    })
    const full = Object.assign(new Error('no space left'), { code: 'ENOSPC', errno: -28, syscall: 'write' })
    expect(describeFailure(full, going).error.code).not.toBe('internal')
  })
})

describe('an error of a step', () => {
  it('names the stage, once', () => {
    const named = inStage(
      'own',
      new SillageError({ code: 'rows_lost', message: 'lost', hint: 'mend', exit: 4, facts: { n: 1 } }),
    )
    expect(named).toMatchObject({
      code: 'rows_lost',
      message: '"own": lost',
      hint: 'mend',
      exit: 4,
      facts: { n: 1, stage: 'own' },
    })
    expect(inStage('own', new SillageError({ code: 'rows_lost', message: '"own" lost' }))).toMatchObject({
      message: '"own" lost',
    })
    expect(inStage('own', named)).toBe(named)
    const other = new TypeError('x')
    expect(inStage('own', other)).toBe(other)
  })
})

it('the first delivery that failed is told, with how many more', () => {
  const failed = (stage: string, error?: object) =>
    ({ stage, status: 'failed', ...(error ? { error } : {}) }) as never
  const sent = { stage: 'a', status: 'sent' } as never
  expect(
    deliveryError([sent, failed('b', { code: 'key_not_unique', message: 'twice', hint: 'mend' })]),
  ).toEqual({
    code: 'key_not_unique',
    message: 'twice; the marts are published',
    stage: 'b',
    hint: 'mend',
  })
  expect(deliveryError([failed('b'), failed('c')])).toMatchObject({
    code: 'delivery_failed',
    message: '"b" was not delivered (and 1 more); the marts are published',
    hint: 'run again: what was sent is not sent twice',
  })
})
