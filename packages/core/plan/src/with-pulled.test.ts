import { expect, it } from 'vitest'
import { withPulled } from './with-pulled.ts'

const step = (stage: string, reads: readonly string[], more: object = {}) => ({
  stage,
  style: 'sql',
  fingerprint: `${stage}-1`,
  parts: { inputs: reads.map((name) => ({ stage: name, fingerprint: `${name}-1` })) },
  ...more,
})
const plan = {
  steps: [
    step('read', [], { style: 'source', asked: 'all' }),
    step('scan', [], { style: 'source', asked: undefined }),
    step('after', ['read', 'scan']),
    step('later', ['after']),
    step('beside', ['scan']),
  ],
} as never
const prints = (pulled: ReadonlyMap<string, unknown>) =>
  Object.fromEntries(
    withPulled(plan, pulled as never).steps.map(({ stage, fingerprint }) => [stage, fingerprint]),
  )

it('what was read changes the fingerprint of the source and of all behind it, and of nothing else', () => {
  expect(withPulled(plan, new Map())).toBe(plan)
  const one = prints(new Map([['read', { cursor: 1 }]]))
  expect([one.scan, one.beside]).toEqual(['scan-1', 'beside-1'])
  for (const stage of ['read', 'after', 'later']) expect(one[stage]).not.toBe(`${stage}-1`)
  expect(prints(new Map([['read', { cursor: 1 }]]))).toEqual(one)
  const two = prints(new Map([['read', { cursor: 2 }]]))
  for (const stage of ['read', 'after', 'later']) expect(two[stage]).not.toBe(one[stage])
  expect(prints(new Map([['scan', { cursor: 1 }]])).scan).toBe('scan-1')
  const after = withPulled(plan, new Map([['read', { cursor: 1 }]]) as never).steps.find(
    ({ stage }) => stage === 'after',
  )!
  expect(after.parts.inputs).toEqual([
    { stage: 'read', fingerprint: one.read },
    { stage: 'scan', fingerprint: 'scan-1' },
  ])
})
