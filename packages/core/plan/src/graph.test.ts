import { expect, it } from 'vitest'
import { readersOf } from './graph.ts'

const ref = (stage: string, output?: string) => ({ stage, output })
it('readers of a stage are those of its main relation: stages, marts, and checks that point to it', () => {
  const readers = readersOf({
    stages: [
      { name: 'a', inputs: {}, expect: [] },
      {
        name: 'b',
        inputs: { input: [ref('a')], more: [ref('a', 'rest')] },
        expect: [
          { kind: 'relationships', to: 'a' },
          { kind: 'unique', to: 'a' },
        ],
      },
      { name: 'c', inputs: { input: [ref('a', 'rest')] }, expect: [] },
      { name: 'd', inputs: { input: [ref('c'), ref('a')] }, expect: [] },
    ],
    marts: [{ from: ref('a') }, { from: ref('a', 'rest') }, { from: ref('c') }],
  } as never)
  expect(
    [...readers].map(([name, { stages, marts, checks }]) => [
      name,
      stages.map((one) => one.name).join(' '),
      marts,
      checks,
    ]),
  ).toEqual([
    ['a', 'b d', 1, 1],
    ['b', '', 0, 0],
    ['c', 'd', 1, 0],
    ['d', '', 0, 0],
  ])
})
