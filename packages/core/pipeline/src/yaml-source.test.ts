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

it.each([
  ['of its own map', 'a: 1\nstages: &s\n  a: { with: *s }\n', 3],
  ['through lists', 'a: &a\n  - [1, &b [2,\n    *a], *b]\n', 3],
  ['merged into its own map', 'a: &a\n  x: 1\n  <<: *a\n', 3],
  ['of the whole file', '&all\na:\n  - *all\n', 3],
  ['in a list of itself', '&a [ *a ]\n', 1],
])('an alias inside the part that it names is refused at its line: %s', (_, text, line) => {
  const { value, diagnostics } = parseYaml(text, 'f')
  expect(value).toBeUndefined()
  expect(diagnostics.map((one) => [one.code, one.line])).toEqual([['yaml_alias_of_itself', line]])
})

it('an anchor that is set again names the part before it, which ends', () => {
  expect(parseYaml('a: &a [1]\nb: &a [*a]\n', 'f').diagnostics.map(({ code }) => code)).toEqual([
    'yaml_alias_of_itself',
  ])
  expect(parseYaml('a: &a [1]\nb: [*a]\nc: &a [2]\nd: [*a]\n', 'f').value).toEqual({
    a: [1],
    b: [[1]],
    c: [2],
    d: [[2]],
  })
})

it.each([
  ['lists', (levels: number) => `a: ${'['.repeat(levels)}${']'.repeat(levels)}`],
  ['maps', (levels: number) => `${'{ a: '.repeat(levels)}1${' }'.repeat(levels)}`],
  ['lists of lists by dashes', (levels: number) => `a:\n  ${'- '.repeat(levels)}1`],
  [
    'maps by indentation',
    (levels: number) =>
      Array.from({ length: Math.min(levels, 1500) }, (_, at) => `${' '.repeat(at)}a:`).join('\n'),
  ],
  [
    'aliases of aliases',
    (levels: number) =>
      Array.from({ length: levels }, (_, at) => `a${at}: &a${at} [${at === 0 ? '' : `*a${at - 1}`}]`).join(
        '\n',
      ),
  ],
])(
  '%s: ten levels are read, and what is nested too deeply is a diagnostic, whatever the depth',
  (_, text) => {
    expect(parseYaml(text(10), 'f').diagnostics).toEqual([])
    for (const levels of [150, 1_000, 6_000])
      expect(parseYaml(text(levels), 'f').diagnostics.map(({ code }) => code)[0], String(levels)).toBe(
        'yaml_resource_exhaustion',
      )
  },
)
