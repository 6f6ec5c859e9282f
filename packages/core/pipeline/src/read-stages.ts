import type { Diagnostic } from '@sillage/base'
import type { ReadConnection } from './connections.ts'
import { findPlugins } from './find-plugins.ts'
import { type GraphNode, orderStages } from './graph.ts'
import type { KnownPlugin, PipelineStage } from './pipeline.ts'
import { isMap, type PipelineText, stageTexts } from './pipeline-text.ts'
import { readConnections } from './read-connections.ts'
import type { ReadFacts } from './read-facts.ts'
import { readStage, stageEdges } from './read-stage.ts'
import { validatorOf } from './registry.ts'
import type { SettledText } from './settle-text.ts'
import type { Locator } from './yaml-source.ts'

/** The stages of a file, with or without errors. */
export interface ReadStages {
  /** Those whose plugin is known, in the order of the file. */
  readonly stages: readonly PipelineStage[]
  /** All of them, as far as the graph knows them. */
  readonly nodes: readonly GraphNode[]
  /** Each behind what it reads. */
  readonly order: readonly string[]
  readonly connections: ReadonlyMap<string, ReadConnection>
  readonly diagnostics: readonly Diagnostic[]
}

/** Finds the plugin and the connection of each stage, reads it and orders all of them. */
export async function readStages(
  settled: SettledText,
  { facts, locate }: { readonly facts: ReadFacts; readonly locate: Locator },
): Promise<ReadStages> {
  const { text, params } = settled
  const found = findPlugins(stageTexts(text), { ...facts, locate })
  const connections = await readConnections(text, { ...facts, params, locate })
  const nodes = graphNodes(text, found.plugins)
  const graph = orderStages(nodes, locate)
  const read = await readEach(settled, { plugins: found.plugins, connections, locate })
  return {
    stages: read.map(({ stage }) => stage),
    nodes,
    order: graph.order,
    connections,
    diagnostics: [
      ...found.diagnostics,
      ...[...connections.values()].flatMap((one) => one.diagnostics),
      ...graph.diagnostics,
      ...read.flatMap((one) => one.diagnostics),
    ],
  }
}

function graphNodes(
  { stages }: PipelineText,
  plugins: ReadonlyMap<string, KnownPlugin>,
): readonly GraphNode[] {
  return Object.entries(stages).map(([name, stage]) => ({
    name,
    edges: isMap(stage) ? stageEdges(name, stage) : [],
    outputs: Object.keys(plugins.get(name)?.outputs ?? {}),
  }))
}

async function readEach(
  { raw, text }: Pick<SettledText, 'raw' | 'text'>,
  around: {
    readonly plugins: ReadonlyMap<string, KnownPlugin>
    readonly connections: ReadonlyMap<string, ReadConnection>
    readonly locate: Locator
  },
): Promise<readonly ReturnType<typeof readStage>[]> {
  return await Promise.all(
    stageTexts(text).flatMap(([name, stage]) => {
      const plugin = around.plugins.get(name)
      if (plugin === undefined) return []
      return validatorOf(plugin).then((validate) =>
        readStage({ name, text: stage, raw: raw.stages[name]!, plugin, validate, ...around }),
      )
    }),
  )
}
