import fc from 'fast-check'
import { expect, it } from 'vitest'
import { readAddress, sections, toPipeline, toRun } from './route.ts'

const names = fc.stringMatching(/^[a-z][a-z0-9-]{0,20}$/)

it('an address that was made is read as what it was made from', () => {
  fc.assert(
    fc.property(names, fc.constantFrom(...sections), (pipeline, section) => {
      expect(readAddress(toPipeline(pipeline, section)).route).toEqual({
        kind: 'pipeline',
        pipeline,
        section,
      })
      expect(readAddress(toRun(pipeline)).route).toEqual({ kind: 'run', run: pipeline })
    }),
  )
  expect(
    readAddress(`${toPipeline('shop', 'tables', 'customers')}?filter=a%20%3D%20%27%3F%27&page=2`),
  ).toEqual({
    route: { kind: 'pipeline', pipeline: 'shop', section: 'tables', table: 'customers' },
    query: new URLSearchParams({ filter: "a = '?'", page: '2' }),
  })
})

it('whatever is typed is an address: a known one, or an unknown one', () => {
  fc.assert(
    fc.property(fc.string(), (text) => {
      expect(readAddress(text).route.kind).toBeTruthy()
    }),
  )
  expect(readAddress('').route).toEqual({ kind: 'pipelines' })
  for (const hash of [
    '#/x',
    '#/pipeline',
    '#/pipeline/a/b',
    '#/pipeline/a/runs/c',
    '#/run/a/b',
    '#/run/%E0%A4%A/x',
  ])
    expect(readAddress(hash).route).toEqual({ kind: 'unknown' })
})
