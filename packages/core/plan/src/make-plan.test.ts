import { defineSource, t } from '@sillage/sdk'
import { expect, test } from 'vitest'
import { makePlan, type PlanFacts } from './make-plan.ts'

test('a plan that is stopped half-way throws the reason of the signal, and says nothing of stages', async () => {
  const stop = new AbortController()
  const asked: string[] = []
  const plugin = defineSource({
    name: 'collect/own',
    summary: 'A test.',
    description: 'A test.',
    examples: [],
    config: t.object({}),
    scan: async () => {
      asked.push('scan')
      stop.abort(new Error('stopped'))
      throw new Error('half-way')
    },
  })
  const stage = (name: string) => ({
    name,
    plugin: { name: plugin.name, hash: 'h', config: plugin.config },
    config: {},
    inputs: {},
    onDrift: { columns: 'evolve', types: 'evolve' },
    expect: [],
  })
  const facts = {
    pipeline: {
      name: 'p',
      file: '/p.yaml',
      project: '/',
      places: {},
      stages: [stage('a'), stage('b')],
      marts: [],
    },
    locate: { key: () => undefined, value: () => undefined },
    loadPlugin: async () => plugin,
    binder: {},
    files: { lastSource: () => undefined, holds: async () => false },
    secret: () => '',
    signal: stop.signal,
  }
  await expect(makePlan(facts as unknown as PlanFacts)).rejects.toThrow('stopped')
  expect(asked).toEqual(['scan'])
})
