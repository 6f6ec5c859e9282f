import type { PlanEdge, PlanNode } from '../api/documents.ts'

/** Ends of a pipeline that all read the same, drawn as one block. */
export interface Bundle {
  /** No name of a node: it holds a blank. */
  readonly id: string
  readonly members: readonly string[]
}

const fewest = 4

/** The nodes that nothing reads and that read one output of one node alone, where there are many of them. */
export function bundleLeaves(
  nodes: readonly Pick<PlanNode, 'id'>[],
  edges: readonly PlanEdge[],
): readonly Bundle[] {
  const read = new Set(edges.map(({ from }) => from))
  const bySource = new Map<string, string[]>()
  for (const { id } of nodes) {
    const [only, ...more] = edges.filter(({ to }) => to === id)
    if (read.has(id) || !only || more.length > 0) continue
    const source = `${only.from} ${only.output ?? ''}`
    bySource.set(source, [...(bySource.get(source) ?? []), id])
  }
  return [...bySource].flatMap(([source, members]) =>
    members.length < fewest ? [] : [{ id: `${source} ends`, members }],
  )
}
