import { describe } from 'vitest'
import { describeConservation } from './describe-engine/conservation.ts'
import { type EngineUnderTest, loadEngine } from './describe-engine/engine-under-test.ts'
import { describeExamples } from './describe-engine/examples.ts'
import { describeIncremental } from './describe-engine/incremental.ts'
import { describeKills, describeOwning } from './describe-engine/kills.ts'
import { describePublishing } from './describe-engine/publishing.ts'
import { describeSources } from './describe-engine/sources.ts'

/**
 * The conformance suite of an engine: it keeps the law of conservation, makes of what came since what it makes of all, survives being killed,
 * reads
 * sources once, publishes, and gives what the examples of all plugins say. Call it from one test file:
 * `await describeEngine('mine', { module: new URL('../dist/my-engine.js', import.meta.url).href, name: 'myEngine' })`.
 */
export async function describeEngine(title: string, place: EngineUnderTest): Promise<void> {
  const engine = await loadEngine(place)
  describe(title, async () => {
    describeConservation(engine)
    describeIncremental(engine)
    describeSources(engine, place)
    describePublishing(engine)
    describeOwning(engine)
    describeKills(engine, place)
    if (place.runsExamples !== false) await describeExamples(engine)
  })
}
