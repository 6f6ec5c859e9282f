import { describe } from 'vitest'
import { describeBatches } from './describe-engine/batches.ts'
import { describeConservation } from './describe-engine/conservation.ts'
import { type EngineUnderTest, loadEngine } from './describe-engine/engine-under-test.ts'
import { describeExamples } from './describe-engine/examples.ts'
import { describeIncremental } from './describe-engine/incremental.ts'
import { describeKills, describeOwning } from './describe-engine/kills.ts'
import { describeKilledPrograms, describePrograms } from './describe-engine/programs.ts'
import { describePublishing } from './describe-engine/publishing.ts'
import { describeSources } from './describe-engine/sources.ts'
import { describeUpkeep } from './describe-engine/upkeep.ts'
import { describeWholeSources } from './describe-engine/whole-sources.ts'

/**
 * The conformance suite of an engine: it keeps the law of conservation, makes of what came since what it makes of all, sends batches through
 * workers, reads sources once, publishes, lets upkeep work on what it left, and gives what the examples of all plugins say. Together with
 * `describeKilledEngine` it is what an engine has to pass. Call it from one test file:
 * `await describeEngine('mine', { module: new URL('../dist/my-engine.js', import.meta.url).href, name: 'myEngine' })`.
 */
export async function describeEngine(title: string, place: EngineUnderTest): Promise<void> {
  const engine = await loadEngine(place)
  describe(title, async () => {
    describeConservation(engine)
    describeIncremental(engine)
    describeBatches(engine)
    describeSources(engine, place)
    describeWholeSources(engine, place)
    describePublishing(engine)
    describeOwning(engine)
    describePrograms(engine)
    describeUpkeep(engine)
    if (place.runsExamples !== false) await describeExamples(engine)
  })
}

/** The kills of the conformance suite: an engine survives being killed at every instant of a step, a program and a publication. */
export async function describeKilledEngine(title: string, place: EngineUnderTest): Promise<void> {
  const engine = await loadEngine(place)
  describe(title, () => {
    describeKills(engine, place)
    describeKilledPrograms(engine, place)
  })
}
