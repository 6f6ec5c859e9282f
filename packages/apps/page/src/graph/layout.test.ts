import fc from 'fast-check'
import { expect, it } from 'vitest'
import type { PlanEdge } from '../api/documents.ts'
import { bundleLeaves } from './bundle.ts'
import { fittingLayout, layoutOf, nodeHeight, nodeWidth } from './layout.ts'
import { pathOf } from './path.ts'

/** Plans as they may come: each node reads some that stand before it, perhaps a second output of one. */
const plans = fc
  .array(fc.array(fc.tuple(fc.nat(), fc.constantFrom(undefined, 'links')), { maxLength: 3 }), {
    minLength: 1,
    maxLength: 14,
  })
  .map((reads) => ({
    nodes: reads.map((_, index) => ({ id: `n${index}` })),
    edges: reads.flatMap((sources, index) =>
      index === 0
        ? []
        : sources.map(
            ([from, output]): PlanEdge => ({
              from: `n${from % index}`,
              to: `n${index}`,
              ...(output === undefined ? {} : { output }),
            }),
          ),
    ),
  }))

it('every node has a place of its own, inside the picture, in both directions', () => {
  fc.assert(
    fc.property(
      plans,
      fc.constantFrom('across', 'down'),
      fc.integer({ min: 1, max: 5 }),
      (plan, direction, columns) => {
        const { nodes, width, height } = layoutOf({ ...plan, direction: direction as 'across', columns })
        expect(nodes.map(({ id }) => id).sort()).toEqual(plan.nodes.map(({ id }) => id).sort())
        for (const { x, y } of nodes) {
          expect(x - nodeWidth / 2).toBeGreaterThanOrEqual(0)
          expect(x + nodeWidth / 2).toBeLessThanOrEqual(width)
          expect(y - nodeHeight / 2).toBeGreaterThanOrEqual(0)
          expect(y + nodeHeight / 2).toBeLessThanOrEqual(height)
        }
        for (const [index, one] of nodes.entries())
          for (const other of nodes.slice(index + 1))
            expect(Math.abs(one.x - other.x) >= nodeWidth || Math.abs(one.y - other.y) >= nodeHeight).toBe(
              true,
            )
      },
    ),
    { numRuns: 60 },
  )
})

it('lines go one way, and one to nowhere is left out', () => {
  const nodes = [{ id: 'a' }, { id: 'b' }]
  const edges = [
    { from: 'a', to: 'b' },
    { from: 'a', output: 'links', to: 'b' },
    { from: 'gone', to: 'b' },
  ]
  const { lines, nodes: placed } = layoutOf({ nodes, edges, direction: 'down', columns: 1 })
  expect(lines.map(({ output }) => output)).toEqual([undefined, 'links'])
  expect(placed.find(({ id }) => id === 'a')!.y).toBeLessThan(placed.find(({ id }) => id === 'b')!.y)
  expect(pathOf(lines[0]!.points)).toMatch(/^M[\d.]+ [\d.]+(Q|L)/)
})

it('many ends of one stage stand as a block; a narrow window makes it narrow', () => {
  const ends = Array.from({ length: 6 }, (_, index) => ({ id: `end${index}` }))
  const nodes = [{ id: 'a' }, ...ends]
  const edges = ends.map(({ id }) => ({ from: 'a', to: id }))
  expect(bundleLeaves(nodes, edges)).toEqual([{ id: 'a  ends', members: ends.map(({ id }) => id) }])
  expect(bundleLeaves(nodes.slice(0, 4), edges.slice(0, 3))).toEqual([])
  const narrow = fittingLayout({ nodes, edges }, 360)
  expect(narrow.lines).toHaveLength(1)
  expect(narrow.width).toBeLessThan(2.5 * nodeWidth)
})
