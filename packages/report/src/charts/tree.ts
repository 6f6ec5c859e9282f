import type { Chart, TreeNode } from './chart.ts'
import { type Drawing, type DrawingFacts, label, shortened } from './drawing.ts'
import { palette } from './theme.ts'

/** A tree from left to right, with room for every leaf. */
export function treeOption(
  { root }: Extract<Chart, { readonly kind: 'tree' }>,
  { theme }: DrawingFacts,
): Drawing {
  const leaves = countLeaves(root)
  return {
    height: Math.max(160, leaves * 24 + 40),
    option: {
      series: [
        {
          type: 'tree',
          data: [shortNames(root)],
          left: 80,
          right: 230,
          top: 16,
          bottom: 16,
          symbolSize: 8,
          initialTreeDepth: -1,
          edgeShape: 'polyline',
          edgeForkPosition: '24%',
          itemStyle: { color: palette[0], borderColor: palette[0] },
          lineStyle: { color: 'rgba(128,128,128,0.55)', width: 1.2 },
          label: { ...label(theme), position: 'top', align: 'center', distance: 7 },
          leaves: { label: { position: 'right', align: 'left', distance: 8 } },
        },
      ],
    },
  }
}

function countLeaves({ children }: TreeNode): number {
  return children.length === 0 ? 1 : children.reduce((sum, child) => sum + countLeaves(child), 0)
}

function shortNames({ name, children }: TreeNode): TreeNode {
  return { name: shortened(name, 34), children: children.map(shortNames) }
}
