import { expect, it } from 'vitest'
import { retryTransient } from './retry.ts'
import { SillageError } from './sillage-error.ts'

const budget = { attempts: 4, firstWaitMs: 1, longestWaitMs: 3 }
const failure = (retryable: boolean) => new SillageError({ code: 'unreachable', message: 'Gone', retryable })

it('what is declared retryable is tried again until it succeeds', async () => {
  const tried: number[] = []
  const result = await retryTransient(
    (attempt) => {
      tried.push(attempt)
      if (attempt < 3) throw failure(true)
      return 'here'
    },
    { budget },
  )
  expect([result, tried]).toEqual(['here', [1, 2, 3]])
})

it.each([
  ['of a terminal failure', () => failure(false), budget, 1],
  ['of an error that says nothing', () => new Error('no'), budget, 1],
  ['when the attempts are used up', () => failure(true), budget, 4],
  ['when the time is used up', () => failure(true), { ...budget, firstWaitMs: 3, totalMs: 0 }, 1],
] as const)('there is an end %s', async (_, fail, limits, attempts) => {
  let tried = 0
  const trying = retryTransient(
    () => {
      tried += 1
      throw fail()
    },
    { budget: limits },
  )
  await expect(trying).rejects.toThrow(fail().message)
  expect(tried).toBe(attempts)
})

it('an abort ends the waiting', async () => {
  const abort = new AbortController()
  const trying = retryTransient(
    () => {
      setTimeout(() => abort.abort(), 5)
      throw failure(true)
    },
    { budget: { attempts: 9, firstWaitMs: 60_000, longestWaitMs: 60_000 }, signal: abort.signal },
  )
  await expect(trying).rejects.toThrow(/abort/i)
})
