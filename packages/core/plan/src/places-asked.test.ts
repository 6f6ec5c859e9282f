import { expect, it } from 'vitest'
import { placesAsked } from './places-asked.ts'

const stage = (name: string, inputs: object) => ({ name, inputs, config: { strict: true } })
const ref = (name: string, output?: string) => ({ stage: name, output })

/** Which stages are asked for places, of a chain in which each names its inputs and its plugin. */
function asked(stages: Readonly<Record<string, { readonly inputs?: object; readonly plugin?: object }>>) {
  const all = Object.entries(stages).map(([name, { inputs = {} }]) => stage(name, inputs))
  const readers = new Map(
    all.map(({ name }) => [
      name,
      {
        stages: all.filter(({ inputs }) =>
          Object.values(inputs)
            .flat()
            .some((one) => one.stage === name),
        ),
        marts: 0,
        checks: 0,
      },
    ]),
  )
  const plugins = new Map(
    Object.entries(stages).map(([name, { plugin = { style: 'source' } }]) => [name, plugin]),
  )
  return [...placesAsked(readers as never, plugins as never)]
}

const from = (name: string, plugin: object) => ({ inputs: { input: [ref(name)] }, plugin })
const refusing = { style: 'sql', refuses: true }

it('who refuses rows asks what it reads first, and no other input', () => {
  const both = { inputs: { input: [ref('a')], more: [ref('b')] }, plugin: refusing }
  expect(asked({ a: {}, b: {}, c: both })).toEqual(['a'])
  expect(asked({ a: {}, c: { inputs: { input: [ref('a', 'rest')] }, plugin: refusing } })).toEqual([])
})

it('who refuses is told by the plugin, or by its configuration', () => {
  const asks = (plugin: object) => asked({ a: {}, b: from('a', plugin) }).length === 1
  expect(asks({ style: 'sql' })).toBe(false)
  expect(asks({ style: 'sql', refuses: false })).toBe(false)
  expect(asks({ style: 'sql', refuses: ({ strict }: { strict: boolean }) => strict })).toBe(true)
  expect(asks({ style: 'sql', refuses: ({ strict }: { strict: boolean }) => !strict })).toBe(false)
  expect(asks({ style: 'batch', rejects: () => [{}] })).toBe(true)
  expect(asks({ style: 'batch', rejects: () => [] })).toBe(false)
})

it('the question goes back through steps that pass places on, and ends at others', () => {
  const through = (plugin: object) => asked({ a: {}, b: from('a', plugin), c: from('b', refusing) })
  expect(through({ style: 'sql', carries: true })).toEqual(['a', 'b'])
  expect(through({ style: 'batch', rejects: () => [] })).toEqual(['a', 'b'])
  expect(through({ style: 'sql' })).toEqual(['b'])
  expect(asked({ a: {}, b: from('a', { style: 'sql', carries: true }) })).toEqual([])
})
