import type { Chart, TreeNode } from './chart.ts'
import { type Drawing, type DrawingFacts, label, shortened } from './drawing.ts'
import { palette } from './theme.ts'

/** A tree from left to right, with room for every leaf. */
export function treeOption(
  { root }: Extract<Chart, { readonly kind: 'tree' }>,
  { theme, size }: DrawingFacts,
): Drawing {
  const leaves = countLeaves(root)
  const isNarrow = size === 'narrow'
  const letters = isNarrow ? 24 : 30
  return {
    height: Math.max(160, leaves * 24 + 40),
    option: {
      series: [
        {
          type: 'tree',
          data: [shortNames(root, letters)],
          left: isNarrow ? 46 : 80,
          right: isNarrow ? 192 : 270,
          top: 16,
          bottom: 16,
          symbolSize: 8,
          initialTreeDepth: -1,
          edgeShape: 'polyline',
          edgeForkPosition: '24%',
          itemStyle: { color: palette[0], borderColor: palette[0] },
          lineStyle: { color: 'rgba(128,128,128,0.55)', width: 1.2 },
          label: { ...label(theme, isNarrow ? 11 : 13), position: 'top', align: 'center', distance: 7 },
          leaves: { label: { position: 'right', align: 'left', distance: 8 } },
        },
      ],
    },
  }
}

function countLeaves({ children }: TreeNode): number {
  return children.length === 0 ? 1 : children.reduce((sum, child) => sum + countLeaves(child), 0)
}

/** Names are cut, never the figures behind them. */
function shortNames({ name, size = '', children }: TreeNode, letters: number): TreeNode {
  return {
    name: `${shortened(name, letters)} ${size}`.trim(),
    children: children.map((child) => shortNames(child, letters)),
  }
}
