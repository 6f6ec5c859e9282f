import { SillageError } from '@sillage/base'
import { describe, expect, it } from 'vitest'
import { pluginCrashed, pluginFault, pluginOverMemory, pluginTimeout } from './failure.ts'
import { badOutput, FaultError, toFault } from './fault.ts'

const module = 'file:///p/own.mjs'
const batch = {
  kind: 'batch',
  plugin: 'clean/own',
  module,
  firstRow: 65536,
  message: { rows: 65536 },
} as never
const fit = { kind: 'fit', plugin: 'predict/own', module } as never
const program = { kind: 'program', plugin: 'enrich/own', module } as never
const fault = { phase: 'run', name: 'RangeError', message: 'too  far\nout', stack: undefined } as never

describe('what a plugin did', () => {
  it('is told with its name, its rows and its words', () => {
    expect(pluginFault(batch, fault)).toMatchObject({
      code: 'plugin_failed',
      message: 'plugin clean/own failed on rows 65,536–131,071: RangeError: too far out',
      hint: 'fix the plugin, or refuse such rows in a clean/contract before it',
      retryable: false,
      facts: { plugin: 'clean/own', firstRow: 65536, rows: 65536 },
    })
    expect(pluginFault(fit, { ...(fault as object), phase: 'open' } as never)).toMatchObject({
      message: 'plugin predict/own failed to open while it fitted: RangeError: too far out',
      facts: { plugin: 'predict/own' },
    })
    expect(pluginFault(program, fault).message).toContain('while it ran')
    const empty = { kind: 'batch', plugin: 'clean/own', module, firstRow: 7, message: { rows: 0 } } as never
    expect(pluginFault(empty, fault).message).toContain('on rows 7–7')
  })

  it.each([
    ['output', 'plugin_output', 'gave what it did not declare on rows 65,536–131,071: too  far\nout'],
    [
      'memory',
      'plugin_out_of_memory',
      'keeps too much from batch to batch, seen on rows 65,536–131,071: too  far\nout',
    ],
    ['load', 'plugin_unloadable', 'cannot be loaded: RangeError: too far out'],
  ])('in the phase %s is %s', (phase, code, does) => {
    expect(pluginFault(batch, { ...(fault as object), phase } as never)).toMatchObject({
      code,
      message: `plugin clean/own ${does}`,
    })
  })

  it('keeps code and hint of its own, and says no more than is good', () => {
    const own = {
      phase: 'run',
      name: 'SillageError',
      message: 'said so',
      code: 'data_unfit',
      hint: 'more',
      retryable: true,
    } as never
    expect(pluginFault(fit, own)).toMatchObject({
      code: 'data_unfit',
      message: 'plugin predict/own failed while it fitted: said so',
      hint: 'more',
      retryable: true,
    })
    const long = (length: number) =>
      pluginFault(fit, { phase: 'run', name: 'E', message: 'x'.repeat(length) } as never).message.split(
        'fitted: ',
      )[1]!
    expect([long(197).length, long(197).endsWith('x'), long(198).length, long(198).endsWith('…')]).toEqual([
      200,
      true,
      200,
      true,
    ])
    expect(pluginFault(fit, { phase: 'run', name: 'SyntaxError', message: 'quoted' } as never).message).toBe(
      'plugin predict/own failed while it fitted: SyntaxError',
    )
  })

  it('is told with its place, where it is one of the project', () => {
    const built = { kind: 'fit', plugin: 'score/own', module: 'file:///p/.sillage/plugins/own.mjs' } as never
    const stack = 'Error: x\n    at run (/p/plugins/own.ts:5:12)\n    at other (/q/a.js:1:1)'
    expect(pluginFault(built, { ...(fault as object), stack } as never).message).toContain(
      '(plugins/own.ts:5:12)',
    )
    expect(pluginFault(fit, { ...(fault as object), stack } as never).message).not.toContain('own.ts')
  })
})

describe('a worker that ended', () => {
  it('says for what: time, memory, or the plugin left', () => {
    expect(pluginTimeout(batch, 5000)).toMatchObject({
      code: 'plugin_timeout',
      message: 'plugin clean/own took longer than 5 s on rows 65,536–131,071',
      hint: expect.stringContaining('batch: 10m'),
    })
    expect(pluginTimeout(fit, 5000).hint).toContain('fit: 1h')
    expect(pluginOverMemory(fit)).toMatchObject({
      code: 'plugin_out_of_memory',
      message: expect.stringContaining('took more memory'),
    })
    const heap = Object.assign(new Error('x'), { code: 'ERR_WORKER_OUT_OF_MEMORY' })
    expect(pluginCrashed(fit, heap)).toMatchObject({ code: 'plugin_out_of_memory', cause: heap })
    for (const other of [new Error('x'), Object.assign(new Error('x'), { code: 'EXIT' }), 'gone'])
      expect(pluginCrashed(fit, other)).toMatchObject({
        code: 'plugin_crashed',
        message: 'plugin predict/own ended its worker while it fitted',
      })
  })
})

it('whatever is thrown becomes plain data', () => {
  const known = new SillageError({ code: 'data_unfit', message: 'm', hint: 'h', retryable: true })
  expect(toFault('run', known).fault).toMatchObject({
    phase: 'run',
    code: 'data_unfit',
    hint: 'h',
    retryable: true,
    name: 'SillageError',
  })
  expect(toFault('open', new TypeError('x')).fault).toMatchObject({
    phase: 'open',
    name: 'TypeError',
    message: 'x',
    retryable: false,
  })
  expect(toFault('open', new TypeError('x')).fault).not.toHaveProperty('code')
  expect(toFault('run', 'text').fault.message).toBe('threw something that is no Error')
  const one = badOutput('odd')
  expect([toFault('run', one), one.fault.phase, one.retryable]).toEqual([one, 'output', false])
  expect(new FaultError({ ...one.fault, retryable: true }).retryable).toBe(true)
})
