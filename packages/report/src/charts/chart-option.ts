import type { Cell, Format } from '../cell.ts'
import { barsOption } from './bars.ts'
import type { Chart } from './chart.ts'
import { curveOption } from './curve.ts'
import type { Drawing } from './drawing.ts'
import { ganttOption } from './gantt.ts'
import { heatmapOption } from './heatmap.ts'
import { pieOption } from './pie.ts'
import type { Theme } from './theme.ts'
import { treeOption } from './tree.ts'

/** What the chart library draws of a chart, and how large. */
export function chartOption(
  chart: Chart,
  facts: { readonly theme: Theme; readonly text: (cell: Cell, format: Format) => string },
): Drawing {
  switch (chart.kind) {
    case 'bars':
      return barsOption(chart, facts)
    case 'heatmap':
      return heatmapOption(chart, facts)
    case 'curve':
      return curveOption(chart, facts)
    case 'pie':
      return pieOption(chart, facts)
    case 'gantt':
      return ganttOption(chart, facts)
    case 'tree':
      return treeOption(chart, facts)
  }
}
