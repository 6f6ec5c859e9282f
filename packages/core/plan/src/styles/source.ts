import type { PipelineStage } from '@sillage/pipeline'
import type { SourcePlugin } from '@sillage/sdk'
import { readSource } from '../read-source.ts'
import { scanSource } from '../scan-source.ts'
import { type Compiled, commonOf, type StyleFacts, storedAs } from './common.ts'
import type { SourceStep } from './source-step.ts'

/** A source that DuckDB scans, or one that is read batch by batch. */
export async function compileSource(facts: StyleFacts<SourcePlugin>): Promise<Compiled<SourceStep>> {
  const { stage, plugin, context } = facts
  const common = { ...commonOf(facts), style: 'source', rejects: [], suppressed: [] } as const
  const stored = storedAs(facts, { refuses: false })
  if ('read' in plugin) return { ...common, ...(await readSource({ stage, plugin, context })), stored }
  const provenance = context.placesAsked.has(stage.name) || mayRejectDrift(stage)
  const source = await scanSource({ stage, plugin, context, provenance, asOf: () => facts.facts.asOf })
  return {
    ...common,
    ...source,
    asked: undefined,
    stored: source.attach ? 'it reads another mart' : stored,
  }
}

function mayRejectDrift({ onDrift }: Pick<PipelineStage, 'onDrift'>): boolean {
  return onDrift.columns === 'reject' || onDrift.types === 'reject'
}
