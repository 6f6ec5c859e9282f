import dagre from '@dagrejs/dagre'
import type { PlanEdge, PlanNode } from '../api/documents.ts'

export const nodeWidth = 196
export const nodeHeight = 64

/** A node's centre, in the units of the picture. */
export interface Placed {
  readonly id: string
  readonly x: number
  readonly y: number
}

export interface Line {
  readonly from: string
  readonly to: string
  readonly output: string | undefined
  readonly points: readonly { readonly x: number; readonly y: number }[]
  /** Where its label stands. */
  readonly label: { readonly x: number; readonly y: number }
}

export interface Layout {
  readonly width: number
  readonly height: number
  readonly nodes: readonly Placed[]
  readonly lines: readonly Line[]
}

export type Direction = 'across' | 'down'

/** Dagre takes no empty name of an edge; a reference never holds a blank. */
const main = ' '

/** Places the nodes of a plan so that its lines go one way; an edge to a node that is not there is left out. */
export function layoutOf({
  nodes,
  edges,
  direction,
}: {
  readonly nodes: readonly Pick<PlanNode, 'id'>[]
  readonly edges: readonly PlanEdge[]
  readonly direction: Direction
}): Layout {
  const graph = new dagre.graphlib.Graph({ multigraph: true })
  graph.setGraph({
    rankdir: direction === 'across' ? 'LR' : 'TB',
    nodesep: direction === 'across' ? 22 : 26,
    ranksep: direction === 'across' ? 40 : 26,
    marginx: 10,
    marginy: 10,
  })
  graph.setDefaultEdgeLabel(() => ({}))
  for (const { id } of nodes) graph.setNode(id, { width: nodeWidth, height: nodeHeight })
  const known = edges.filter(({ from, to }) => graph.hasNode(from) && graph.hasNode(to))
  for (const { from, to, output } of known)
    graph.setEdge(from, to, { width: 62, height: 18, labelpos: 'c' }, output ?? main)
  dagre.layout(graph)
  const { width = 0, height = 0 } = graph.graph() as { width?: number; height?: number }
  return {
    width,
    height,
    nodes: nodes.map(({ id }) => ({ id, x: graph.node(id).x, y: graph.node(id).y })),
    lines: known.map(({ from, to, output }) => {
      const { points, x, y } = graph.edge(from, to, output ?? main) as unknown as Line['label'] &
        Pick<Line, 'points'>
      return { from, to, output, points, label: { x, y } }
    }),
  }
}

/** The layout that fits the width best: across where it stays readable, else down. */
export function fittingLayout(
  plan: { readonly nodes: readonly Pick<PlanNode, 'id'>[]; readonly edges: readonly PlanEdge[] },
  width: number,
): Layout {
  const across = layoutOf({ ...plan, direction: 'across' })
  return across.width * smallestScale <= width && width >= narrowest
    ? across
    : layoutOf({ ...plan, direction: 'down' })
}

const narrowest = 640
/** Below this the words of a node cannot be read. */
export const smallestScale = 0.72

/** A line through the points, rounded. */
export function pathOf(points: Line['points']): string {
  const [first, ...rest] = points
  if (!first) return ''
  const parts = [`M${first.x} ${first.y}`]
  for (const [index, point] of rest.entries()) {
    const next = rest[index + 1]
    if (next) parts.push(`Q${point.x} ${point.y} ${(point.x + next.x) / 2} ${(point.y + next.y) / 2}`)
    else parts.push(`L${point.x} ${point.y}`)
  }
  return parts.join('')
}
