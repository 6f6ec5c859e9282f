import { arrowSchema, fromMessage, toMessage } from '@sillage/sql/arrow'
import { describe, expect, it } from 'vitest'
import { batchMaker } from './batch-maker.ts'
import { runTask } from './run-task.ts'
import type { Task } from './task.ts'

const fixture = (name: string) => new URL(`./fixtures/${name}.mjs`, import.meta.url).href
const make = batchMaker(new Set())

/** What a batch plugin makes of numbers, in this thread: the faults are plain data here, and cells where it goes well. */
async function misbehaved(how: string | undefined, rejects = 0) {
  const { message } = toMessage(make.batch({ n: make.integer([3, 4, 5]) }), () => true)
  const output = [
    { name: 'n', type: 'BIGINT' },
    ...(rejects > 0 ? [{ name: '_reject', type: 'BIGINT' }] : []),
  ]
  const { reply } = await runTask({
    kind: 'batch',
    plugin: 'clean/misbehave',
    module: fixture('misbehave'),
    config: { ways: how === undefined ? {} : { 4: how } },
    reads: [{ name: 'n', type: 'BIGINT' }],
    output,
    rows: 'same',
    rejects,
    outputs: {},
    limits: {},
    message,
    firstRow: 0,
  } as Task)
  if ('fault' in reply) return reply.fault
  const batch = fromMessage(arrowSchema(output), (reply.value as { readonly rows: never }).rows)
  return Object.fromEntries(output.map(({ name }) => [name, [...batch.getChild(name)!].map(Number)]))
}

describe('a batch', () => {
  it('comes back with the columns that were declared, all accepted where nothing is said', async () => {
    expect(await misbehaved(undefined)).toEqual({ n: [3, 4, 5] })
    expect(await misbehaved('later')).toEqual({ n: [3, 4, 5] })
    expect(await misbehaved(undefined, 2)).toEqual({ n: [3, 4, 5], _reject: [0, 0, 0] })
    expect(await misbehaved('reject', 2)).toEqual({ n: [3, 4, 5], _reject: [2, 2, 2] })
  })

  it.each<[string, number, string, RegExp]>([
    ['throw', 0, 'run', /cannot go on/],
    ['refuse', 0, 'run', /broken later/],
    ['text', 0, 'run', /threw something that is no Error/],
    ['short', 0, 'output', /3 rows in, 2 rows out/],
    ['nothing', 0, 'output', /it returned no record batch/],
    ['type', 0, 'output', /column "n" is Utf8 where it declares BIGINT/],
    ['columns', 0, 'output', /columns \[n, more\] where it declares \[n\]/],
    ['reject', 1, 'output', /_reject/],
    ['reject', 0, 'output', /columns \[n, _reject\] where it declares \[n\]/],
  ])(
    'of a plugin that does %s, with %i rules, is a fault of the phase %s',
    async (how, rejects, phase, message) => {
      expect(await misbehaved(how, rejects)).toMatchObject({ phase, message: expect.stringMatching(message) })
    },
  )
})

it('a plugin that cannot be loaded or opened is a fault of that phase', async () => {
  const { message } = toMessage(make.batch({ n: make.integer([1]) }), () => true)
  const phase = async (module: string) => {
    const { reply } = await runTask({
      kind: 'batch',
      plugin: 'clean/own',
      module: fixture(module),
      config: {},
      reads: [{ name: 'n', type: 'BIGINT' }],
      output: [],
      rows: 'same',
      rejects: 0,
      outputs: {},
      limits: {},
      message,
      firstRow: 0,
    } as Task)
    return 'fault' in reply ? reply.fault : undefined
  }
  expect(await phase('broken')).toMatchObject({
    phase: 'load',
    message: 'the library it needs is not installed',
  })
  expect(await phase('unopened')).toMatchObject({
    phase: 'open',
    message: 'the list of countries is missing',
  })
  expect(await phase('none')).toMatchObject({ phase: 'load' })
})

describe('a model', () => {
  const fit = async (values: readonly number[], config: object = {}) => {
    const { reply } = await runTask({
      kind: 'fit',
      plugin: 'score/mean',
      module: fixture('mean'),
      config,
      asOf: '2026-01-31',
      data: { x: new Float64Array(values) },
    } as never)
    return 'fault' in reply ? reply.fault : reply.value
  }

  it('is fitted, or says why not', async () => {
    expect(await fit([1, 2, 6])).toMatchObject({ mean: 3, asOf: '2026-01-31' })
    expect(await fit([])).toMatchObject({ phase: 'run', message: 'no rows to fit on' })
    expect(await fit([1], { broken: true })).toMatchObject({ phase: 'output' })
  })

  it('is applied to batches', async () => {
    const { message } = toMessage(make.batch({ x: make.double([1, 5]) }), () => true)
    const output = [{ name: 'distance', type: 'DOUBLE' }]
    const { reply } = await runTask({
      kind: 'apply',
      plugin: 'score/mean',
      module: fixture('mean'),
      config: {},
      model: { mean: 3 },
      reads: [{ name: 'x', type: 'DOUBLE' }],
      output,
      message,
      firstRow: 0,
    } as never)
    const batch = fromMessage(
      arrowSchema(output),
      (reply as { readonly value: { readonly rows: never } }).value.rows,
    )
    expect([...batch.getChild('distance')!]).toEqual([-2, 2])
  })
})
