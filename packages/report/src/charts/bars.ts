import type { Chart } from './chart.ts'
import { axis, type Drawing, type DrawingFacts, label, legend, shortened } from './drawing.ts'
import { palette } from './theme.ts'

/** Bars; several series are stacked, or stand beside one another. */
export function barsOption(
  chart: Extract<Chart, { readonly kind: 'bars' }>,
  { theme, text }: DrawingFacts,
): Drawing {
  const { horizontal, format, beside = false } = chart
  const names = chart.categories.map((name) => shortened(name, 32))
  const plain = format === 'number' ? 'number' : 'count'
  const only = chart.series.length === 1
  const categories = {
    ...axis(theme),
    type: 'category',
    data: names,
    inverse: horizontal,
    splitLine: { show: false },
    axisLabel: { ...label(theme), interval: horizontal || names.length <= 16 ? 0 : 'auto' },
  }
  const values = {
    ...axis(theme),
    type: 'value',
    axisLabel: { ...label(theme), formatter: (value: number) => text(value, plain), hideOverlap: true },
    splitNumber: 4,
  }
  const above = only ? 0 : 34
  return {
    height: horizontal ? Math.max(150, names.length * 30 + 50 + above) : 320 + above,
    option: {
      color: [...palette],
      ...(only ? {} : { legend: legend(theme) }),
      grid: { left: 12, right: horizontal ? 84 : 16, top: 16 + above, bottom: 12, outerBoundsMode: 'same' },
      xAxis: horizontal ? values : categories,
      yAxis: horizontal ? categories : values,
      series: chart.series.map(({ name, values }) => ({
        type: 'bar',
        name,
        stack: only || beside ? undefined : 'all',
        barMaxWidth: 34,
        data: values,
        ...(only || beside
          ? {
              label: {
                ...label(theme, 12),
                show: horizontal || names.length <= 12,
                position: horizontal ? 'right' : 'top',
                formatter: ({ value }: { readonly value: number }) =>
                  text(Math.abs(value) >= 1000 || format === 'count' ? Math.round(value) : value, plain),
              },
            }
          : {}),
      })),
    },
  }
}
