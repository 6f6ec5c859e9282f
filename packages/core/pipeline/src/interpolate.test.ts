import { describe, expect, it } from 'vitest'
import { orderStages, parseRef } from './graph.ts'
import { interpolate } from './interpolate.ts'
import { readParams } from './params.ts'

const span = { file: 'f', line: 1, column: 1 }
const locate = { value: () => span, key: () => span }
const reference = (kind: string, name: string): string => `\${${kind}:${name}}`

describe('interpolation', () => {
  const scope = { env: { HOME: '/h' }, params: { n: 3, day: '2026-01-01' }, locate }

  it('replaces values, never keys; a text that is one parameter takes its type; secrets stay', () => {
    const tree = {
      [reference('param', 'n')]: [reference('param', 'n')],
      path: `${reference('env', 'HOME')}/${reference('param', 'day')}`,
      key: reference('secret', 's'),
    }
    expect(interpolate(tree, scope)).toEqual({
      value: { [reference('param', 'n')]: [3], path: '/h/2026-01-01', key: reference('secret', 's') },
      diagnostics: [],
    })
  })

  it('tells what has no value, inherited names too', () => {
    const tree = [
      reference('env', 'NOPE'),
      reference('param', 'm'),
      reference('param', 'constructor'),
      reference('file', 'x'),
    ]
    expect(interpolate(tree, scope).diagnostics.map(({ code }) => code)).toEqual([
      'env_missing',
      'param_unknown',
      'param_unknown',
      'interpolation_unknown',
    ])
  })
})

describe('parameters', () => {
  const declared = {
    n: { type: 'integer', default: 1 },
    day: { type: 'date' },
    on: { type: 'boolean', default: false },
  } as const

  it('take given values over defaults, in their types', () => {
    expect(readParams({ declared, given: { day: '2026-02-28', on: 'true' }, locate })).toEqual({
      params: { n: 1, day: '2026-02-28', on: true },
      diagnostics: [],
    })
  })

  it('without a value, or of the wrong type, are told with how to write them', () => {
    const { diagnostics } = readParams({ declared, given: { n: '1.5', on: 'yes' }, locate })
    expect(diagnostics.map(({ code, hint }) => [code, hint !== undefined])).toEqual([
      ['param_invalid', true],
      ['param_missing', true],
      ['param_invalid', true],
    ])
    expect(() => readParams({ declared, given: { constructor: '1' }, locate })).toThrow(
      'no parameter "constructor"',
    )
  })

  it('of a day take today and yesterday, in the calendar of the run; without one they stay words', () => {
    const words = { day: 'yesterday', n: '1', on: 'true' }
    const calendar = { zone: 'UTC', today: '2024-03-01' }
    expect(readParams({ declared, given: words, locate, calendar }).params.day).toBe('2024-02-29')
    expect(readParams({ declared, given: words, locate }).params.day).toBe('yesterday')
  })
})

describe('the graph of stages', () => {
  const node = (name: string, ...from: string[]) => ({
    name,
    edges: from.map((text, index) => ({ ref: parseRef(text), path: ['stages', name, 'from', index] })),
    outputs: name === 'people' ? ['links'] : [],
  })

  it('orders each stage after what it reads, else as in the file', () => {
    const { order, diagnostics } = orderStages(
      [node('c', 'b', 'people.links'), node('b', 'a'), node('people'), node('a')],
      locate,
    )
    expect(order).toEqual(['a', 'b', 'people', 'c'])
    expect(diagnostics).toEqual([])
  })

  it('refuses circles, of one stage too, and names and outputs that are not there', () => {
    const codes = (...nodes: ReturnType<typeof node>[]) =>
      orderStages(nodes, locate).diagnostics.map(({ code, message }) => `${code}: ${message}`)
    expect(codes(node('a', 'a'))).toEqual(['cycle: The stages read each other in a cycle: a → a'])
    expect(codes(node('a', 'b'), node('b', 'c'), node('c', 'a'))).toHaveLength(1)
    expect(codes(node('a', 'constructor', 'people.link'), node('people'))).toEqual([
      'stage_unknown: There is no stage "constructor"',
      'output_unknown: The stage "people" has no output "link"',
    ])
  })
})
