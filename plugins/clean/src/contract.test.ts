import { describe, expect, it } from 'vitest'
import plugin from './contract.ts'
import { runExample } from './testing/harness.ts'

describe('clean/contract', () => {
  it.each(plugin.examples)('example: $title', async (example) => {
    const { rows, rejects } = example
    expect(await runExample(plugin, example)).toEqual({ rows, ...(rejects ? { rejects } : {}) })
  })
})
