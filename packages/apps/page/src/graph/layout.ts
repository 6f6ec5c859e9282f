import dagre from '@dagrejs/dagre'
import type { PlanEdge, PlanNode } from '../api/documents.ts'
import { type Bundle, bundleLeaves } from './bundle.ts'

export const nodeWidth = 196
export const nodeHeight = 64
const gap = 14

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

/** The frame of nodes that stand together; its corner above and left. */
export interface Frame {
  readonly x: number
  readonly y: number
  readonly width: number
  readonly height: number
}

export interface Layout {
  readonly width: number
  readonly height: number
  readonly blocks: readonly Frame[]
  readonly nodes: readonly Placed[]
  readonly lines: readonly Line[]
}

export type Direction = 'across' | 'down'

/** Dagre takes no empty name of an edge; a reference never holds a blank. */
const main = ' '

/**
 * Places the nodes of a plan so that its lines go one way. Many ends of one stage stand together as a block with one line; an edge to a
 * node that is not there is left out.
 */
export function layoutOf({
  nodes,
  edges,
  direction,
  columns,
}: {
  readonly nodes: readonly Pick<PlanNode, 'id'>[]
  readonly edges: readonly PlanEdge[]
  readonly direction: Direction
  /** How many nodes of a block stand side by side. */
  readonly columns: number
}): Layout {
  const graph = new dagre.graphlib.Graph({ multigraph: true })
  graph.setGraph({
    rankdir: direction === 'across' ? 'LR' : 'TB',
    nodesep: direction === 'across' ? 22 : 26,
    ranksep: direction === 'across' ? 40 : 26,
    marginx: 10,
    marginy: 10,
  })
  const blocks = bundleLeaves(nodes, edges)
  const bundled = new Map(blocks.flatMap((block) => block.members.map((id) => [id, block.id] as const)))
  for (const { id } of nodes)
    if (!bundled.has(id)) graph.setNode(id, { width: nodeWidth, height: nodeHeight })
  for (const block of blocks) graph.setNode(block.id, sizeOf(block, columns))
  const lines = new Map<string, PlanEdge>()
  for (const { from, to, output } of edges) {
    const end = bundled.get(to) ?? to
    if (!graph.hasNode(from) || !graph.hasNode(end)) continue
    lines.set(`${from} ${output ?? ''} ${end}`, {
      from,
      to: end,
      ...(output === undefined ? {} : { output }),
    })
  }
  for (const { from, to, output } of lines.values())
    graph.setEdge(from, to, { width: 62, height: 18, labelpos: 'c' }, output ?? main)
  dagre.layout(graph)
  const { width = 0, height = 0 } = graph.graph() as { width?: number; height?: number }
  const single = nodes.filter(({ id }) => !bundled.has(id))
  return {
    width,
    height,
    blocks: blocks.map((block) => {
      const size = sizeOf(block, columns)
      const { x, y } = graph.node(block.id)
      return { ...size, x: x - size.width / 2, y: y - size.height / 2 }
    }),
    nodes: [
      ...single.map(({ id }) => ({ id, x: graph.node(id).x, y: graph.node(id).y })),
      ...blocks.flatMap((block) => placedIn(block, graph.node(block.id), columns)),
    ],
    lines: [...lines.values()].map(({ from, to, output }) => {
      const { points, x, y } = graph.edge(from, to, output ?? main) as unknown as Line['label'] &
        Pick<Line, 'points'>
      return { from, to, output, points, label: { x, y } }
    }),
  }
}

function sizeOf({ members }: Bundle, columns: number): { readonly width: number; readonly height: number } {
  const across = Math.min(columns, members.length)
  const down = Math.ceil(members.length / columns)
  return { width: across * (nodeWidth + gap) + gap, height: down * (nodeHeight + gap) + gap }
}

function placedIn(
  block: Bundle,
  { x, y }: { readonly x: number; readonly y: number },
  columns: number,
): readonly Placed[] {
  const { width, height } = sizeOf(block, columns)
  return block.members.map((id, index) => ({
    id,
    x: x - width / 2 + gap + nodeWidth / 2 + (index % columns) * (nodeWidth + gap),
    y: y - height / 2 + gap + nodeHeight / 2 + Math.floor(index / columns) * (nodeHeight + gap),
  }))
}

/** The layout that fits the width best: across where it stays readable, else down. */
export function fittingLayout(
  plan: { readonly nodes: readonly Pick<PlanNode, 'id'>[]; readonly edges: readonly PlanEdge[] },
  width: number,
): Layout {
  const across = layoutOf({ ...plan, direction: 'across', columns: 1 })
  if (width >= narrowest && across.width * smallestScale <= width) return across
  const columns = Math.max(1, Math.min(5, Math.floor((width / smallestScale - gap - 20) / (nodeWidth + gap))))
  return layoutOf({ ...plan, direction: 'down', columns })
}

const narrowest = 640
/** Below this the words of a node cannot be read. */
export const smallestScale = 0.72
