import { type Diagnostic, diagnostic, didYouMean } from '@sillage/base'
import type { StageRef } from './pipeline.ts'
import type { Locator, YamlPath } from './yaml-source.ts'

export interface Edge {
  readonly ref: StageRef
  readonly path: YamlPath
}

/** What the graph needs to know of each stage. */
export interface GraphNode {
  readonly name: string
  readonly edges: readonly Edge[]
  readonly outputs: readonly string[]
}

/** Orders the stages so that each follows what it reads (else as in the file); refuses dangling names and cycles. */
export function orderStages(
  nodes: readonly GraphNode[],
  locate: Locator,
): { readonly order: readonly string[]; readonly diagnostics: readonly Diagnostic[] } {
  const byName = new Map(nodes.map((node) => [node.name, node]))
  const diagnostics = nodes.flatMap((node) => node.edges.flatMap((edge) => checkEdge(edge, byName, locate)))
  const order: string[] = []
  const state = new Map<string, 'open' | 'done'>()
  const visit = (node: GraphNode, trail: readonly string[]): void => {
    if (state.get(node.name) === 'done') return
    if (state.get(node.name) === 'open') {
      const cycle = [...trail.slice(trail.indexOf(node.name)), node.name]
      diagnostics.push(
        diagnostic({
          code: 'cycle',
          message: `The stages read each other in a cycle: ${cycle.reverse().join(' → ')}`,
          span: locate.value(['stages', node.name, 'from']),
          hint: 'let one of them read from an earlier stage',
        }),
      )
      return
    }
    state.set(node.name, 'open')
    for (const { ref } of node.edges) {
      const next = byName.get(ref.stage)
      if (next) visit(next, [...trail, node.name])
    }
    state.set(node.name, 'done')
    order.push(node.name)
  }
  for (const node of nodes) visit(node, [])
  return { order, diagnostics }
}

export function checkEdge(
  { ref, path }: Edge,
  byName: ReadonlyMap<string, GraphNode>,
  locate: Locator,
): readonly Diagnostic[] {
  const target = byName.get(ref.stage)
  if (!target)
    return [
      diagnostic({
        code: 'stage_unknown',
        message: `There is no stage "${ref.stage}"`,
        span: locate.value(path),
        hint: didYouMean(ref.stage, byName.keys()),
      }),
    ]
  if (ref.output !== undefined && !target.outputs.includes(ref.output)) {
    return [
      diagnostic({
        code: 'output_unknown',
        message: `The stage "${ref.stage}" has no output "${ref.output}"`,
        span: locate.value(path),
        hint: didYouMean(ref.output, target.outputs) ?? `read it as from: ${ref.stage}`,
      }),
    ]
  }
  return []
}

export function parseRef(text: string): StageRef {
  const [stage, output] = text.split('.', 2)
  return output === undefined ? { stage: stage! } : { stage: stage!, output }
}
