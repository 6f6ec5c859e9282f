import { barsOption } from './bars.ts'
import type { Chart } from './chart.ts'
import { curveOption } from './curve.ts'
import type { Drawing, DrawingFacts } from './drawing.ts'
import { ganttOption } from './gantt.ts'
import { heatmapOption } from './heatmap.ts'
import { pieOption } from './pie.ts'
import { treeOption } from './tree.ts'

/** What the chart library draws of a chart, and how large. */
export function chartOption(chart: Chart, facts: DrawingFacts): Drawing {
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
