import type { Plan } from '@sillage/plan'
import { expect, test } from 'vitest'
import { selectSteps } from './select.ts'

const step = (stage: string, kind: string, reads: readonly string[], tags: readonly string[] = []) => ({
  stage,
  kind,
  inputs: reads.length > 0 ? { input: reads } : {},
  tags,
})
const plan = {
  steps: [
    step('orders', 'collect', []),
    step('people', 'collect', [], ['daily']),
    step('lines', 'clean', ['orders']),
    step('known', 'clean', ['people'], ['daily']),
    step('joined', 'enrich', ['lines', 'known.merged']),
    step('scored', 'score', ['joined']),
    step('sent', 'activate', ['scored']),
  ],
} as unknown as Plan

test.each([
  ['lines', 'orders lines'],
  ['+lines', 'orders lines'],
  ['scored+', 'orders people lines known joined scored sent'],
  ['lines+', 'orders people lines known joined scored sent'],
  ['known+1', 'orders people lines known joined'],
  ['stage:collect', 'orders people'],
  ['tag:daily', 'people known'],
  ['stage:clean,tag:daily', 'people known'],
  ['orders people', 'orders people'],
  ['*', 'orders people lines known joined scored sent'],
])('--select %s runs %s', (words, stages) => {
  expect(
    selectSteps(plan, words.split(' '))
      .map(({ stage }) => stage)
      .join(' '),
  ).toBe(stages)
})

test.each([
  ['lnes', 'stage_unknown', 'lines'],
  ['tag:dayly', 'stage_unknown', 'daily'],
  ['stage:cleen', 'stage_unknown', 'clean'],
  ['+', 'select_invalid', 'name'],
])('--select %s is refused as %s', (word, code, hint) => {
  expect(() => selectSteps(plan, [word])).toThrow(
    expect.objectContaining({ code, hint: expect.stringContaining(hint) }),
  )
})
