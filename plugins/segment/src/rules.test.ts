import { describe, expect, it } from 'vitest'
import plugin from './rules.ts'

const problems = (config: object) =>
  (
    plugin.check?.({
      config: { into: 'segment', ...config } as never,
      columns: [],
      inputs: {},
      asOf: '2014-05-23',
    }) ?? []
  ).map(({ code, path }) => `${path.join('.')} ${code}`)

describe('segment/rules', () => {
  it('refuses a segment made twice', () => {
    expect(
      problems({
        rules: [
          { name: 'a', when: 'x' },
          { name: 'b', when: 'y' },
          { name: 'a', when: 'z' },
        ],
        otherwise: 'b',
      }),
    ).toEqual(['rules.2.name repeated_name', 'otherwise repeated_name'])
  })

  it('holds each segment to one treatment and one or two actions, none for abandonner', () => {
    const rules = [
      { name: 'a', when: 'x' },
      { name: 'b', when: 'x', treatment: 'valoriser' },
      { name: 'c', when: 'x', treatment: 'choyer', actions: ['1', '2', '3'] },
      { name: 'd', when: 'x', treatment: 'abandonner', actions: ['1'] },
      { name: 'e', when: 'x', treatment: 'abandonner' },
      { name: 'f', when: 'x', treatment: 'choyer', actions: ['1', '2'] },
    ]
    expect(problems({ rules, otherwise: 'g' })).toEqual([
      'rules.0 no_treatment',
      'rules.1 wrong_number_of_actions',
      'rules.2 wrong_number_of_actions',
      'rules.3 action_on_abandoned',
      'otherwise no_treatment',
    ])
  })
})
