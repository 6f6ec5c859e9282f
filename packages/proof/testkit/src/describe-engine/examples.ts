import type { Plugin } from '@sillage/sdk'
import type { Engine } from '@sillage/steps'
import { describe } from 'vitest'
import { allConnectionTypes, allPlugins } from '../all-plugins.ts'
import { itGivesItsExamples } from '../describe-plugins.ts'

/** Every plugin gives what its examples say, wherever its steps are computed. */
export async function describeExamples(engine: Engine): Promise<void> {
  const world = { engine, types: allConnectionTypes() }
  for (const entry of allPlugins().values()) {
    const { default: plugin } = (await import(entry.url)) as { default: Plugin }
    describe(entry.name, () => itGivesItsExamples(entry, plugin, world))
  }
}
