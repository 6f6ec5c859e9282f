import { describe, expect, it } from 'vitest'
import { parseYaml } from './yaml-source.ts'

describe('places in a YAML text', () => {
  const text = `pipeline: p
stages:
  raw: { uses: a/b, with: { path: x } }
  "quoted key":
    - one
    - { two: 2 }
`
  const { value, locate } = parseYaml(text, 'f.yaml')
  const at = ({ line, column }: { readonly line: number; readonly column: number }) => [line, column]

  it('are those of keys and of values', () => {
    expect(at(locate.key(['stages', 'raw']))).toEqual([3, 3])
    expect(at(locate.value(['stages', 'raw', 'with', 'path']))).toEqual([3, 35])
    expect(at(locate.value(['stages', 'quoted key', 1, 'two']))).toEqual([6, 14])
    expect((value as { readonly pipeline: string }).pipeline).toBe('p')
  })

  it('are those of the nearest parent for what is not there', () => {
    expect(at(locate.value(['stages', 'raw', 'from']))).toEqual([3, 3])
    expect(at(locate.value(['marts', 'm']))).toEqual([1, 1])
  })
})

it('anchors, aliases and merged keys are followed, and bombs are not', () => {
  expect(parseYaml('a: &a { x: 1 }\nb: *a\nc: { <<: *a, y: 2 }\n', 'f').value).toEqual({
    a: { x: 1 },
    b: { x: 1 },
    c: { x: 1, y: 2 },
  })
  const bomb = [
    'a: &a [x,x,x,x,x,x,x,x,x]',
    ...['b', 'c', 'd'].map(
      (name, index) => `${name}: &${name} [${Array(9).fill(`*${'abc'[index]}`).join(',')}]`,
    ),
  ]
  expect(parseYaml(bomb.join('\n'), 'f').diagnostics.map(({ code }) => code)).toEqual(['yaml_aliases'])
})

it('keys are texts, whatever they look like', () => {
  expect(Object.keys(parseYaml('null: 1\ntrue: 2\n3: 4\n', 'f').value as object).sort()).toEqual([
    '3',
    'null',
    'true',
  ])
})
