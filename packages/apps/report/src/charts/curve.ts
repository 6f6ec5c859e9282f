import type { Chart } from './chart.ts'
import { axis, type Drawing, type DrawingFacts, label, legend } from './drawing.ts'
import { palette } from './theme.ts'

/** A curve of shares under the diagonal. */
export function curveOption(
  chart: Extract<Chart, { readonly kind: 'curve' }>,
  { theme, text, size }: DrawingFacts,
): Drawing {
  const shares = (name: string, gap: number) => ({
    ...axis(theme),
    type: 'value',
    min: 0,
    max: 1,
    interval: 0.2,
    name,
    nameLocation: 'middle',
    nameGap: gap,
    axisLabel: { ...label(theme), formatter: (value: number) => text(value, 'share').replace(/[.,]0/, '') },
  })
  const line = (name: string, data: readonly (readonly [number, number])[], more: object) => ({
    type: 'line',
    name,
    data,
    showSymbol: false,
    ...more,
  })
  return {
    height: size === 'wide' ? 420 : 340,
    option: {
      color: [palette[0], palette[7]],
      legend: legend(theme, size),
      grid: { left: 80, right: 30, top: 40, bottom: 58, outerBoundsMode: 'none' },
      xAxis: shares(chart.xTitle, 34),
      yAxis: shares(chart.yTitle, 56),
      series: [
        line(chart.name, chart.points, { lineStyle: { width: 3 }, areaStyle: { opacity: 0.14 } }),
        line(
          chart.diagonal,
          [
            [0, 0],
            [1, 1],
          ],
          { lineStyle: { type: 'dashed', width: 2 } },
        ),
      ],
    },
  }
}
