import { barsOption } from './bars.ts'
import type { Chart } from './chart.ts'
import { type Drawing, type DrawingFacts, label, shortened } from './drawing.ts'
import { palette } from './theme.ts'

/** Slices in their order, each with its label outside; on a narrow screen, which has no room for those, bars. */
export function pieOption(chart: Extract<Chart, { readonly kind: 'pie' }>, facts: DrawingFacts): Drawing {
  const { theme, size } = facts
  if (size === 'narrow')
    return barsOption(
      {
        kind: 'bars',
        categories: chart.slices.map(({ name }) => name),
        series: [{ name: '', values: chart.slices.map(({ value }) => value) }],
        format: 'count',
        horizontal: true,
      },
      facts,
    )
  return {
    height: 380,
    option: {
      color: [...palette],
      series: [
        {
          type: 'pie',
          radius: ['30%', '66%'],
          center: ['50%', '50%'],
          minShowLabelAngle: 0,
          itemStyle: { borderColor: 'rgba(255,255,255,0.7)', borderWidth: 1 },
          label: { ...label(theme), width: 230, overflow: 'break' },
          labelLine: { lineStyle: { color: theme.faint } },
          data: chart.slices.map(({ name, value, label }) => ({
            name,
            value,
            label: { formatter: shortened(label, 60) },
          })),
        },
      ],
    },
  }
}
