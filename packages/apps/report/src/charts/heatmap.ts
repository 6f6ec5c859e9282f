import type { Chart } from './chart.ts'
import { axis, chartWidths, type Drawing, type DrawingFacts, label, shortened } from './drawing.ts'
import { scale } from './theme.ts'

/** Cells in shades from few to many, each with its label; what is hidden has no shade. */
export function heatmapOption(
  chart: Extract<Chart, { readonly kind: 'heatmap' }>,
  { theme, size }: DrawingFacts,
): Drawing {
  const known = chart.cells.flatMap(({ value }) => (value === null ? [] : [value]))
  const most = Math.max(...known, 1e-9)
  const least = Math.min(...known, most)
  const shade = (value: number): number =>
    most === least ? scale.length - 1 : ((value - least) / (most - least)) * (scale.length - 1)
  const isNarrow = size === 'narrow'
  const letters = isNarrow ? 18 : 24
  const longestY = Math.max(...chart.y.map((name) => Math.min(letters, name.length)), 1)
  const left = 46 + longestY * 7.5
  const cellWidth = (chartWidths[size] - left - 20) / Math.max(1, chart.x.length)
  const lines = Math.max(1, ...chart.cells.map(({ label }) => label.length))
  const xNames = chart.x.map((name) => shortened(name, isNarrow ? 24 : 22))
  const longestX = Math.max(...xNames.map((name) => name.length), 1)
  const isTooLong = longestX * 7.5 > cellWidth
  const broken = isTooLong && isNarrow && cellWidth >= 40
  const angle = isTooLong && !broken ? (isNarrow ? 60 : 40) : 0
  const below = broken
    ? Math.ceil((longestX * 8) / cellWidth + 1) * 15
    : angle > 0
      ? Math.ceil(longestX * 7.5 * Math.sin((angle * Math.PI) / 180)) + 10
      : 16
  const rowHeight = lines > 1 ? 54 : 34
  const top = 16
  const bottom = below + 42
  return {
    height: top + bottom + Math.max(1, chart.y.length) * rowHeight,
    option: {
      grid: { left, right: 20, top, bottom, outerBoundsMode: 'none' },
      xAxis: {
        ...axis(theme),
        type: 'category',
        data: xNames,
        name: chart.xTitle,
        nameLocation: 'middle',
        nameGap: below + 20,
        splitLine: { show: false },
        axisLabel: {
          ...label(theme, broken ? 12 : 13),
          interval: 0,
          rotate: angle,
          ...(broken ? { width: cellWidth - 4, overflow: 'break', lineHeight: 15 } : {}),
        },
      },
      yAxis: {
        ...axis(theme),
        type: 'category',
        data: chart.y.map((name) => shortened(name, letters)),
        name: chart.yTitle,
        nameLocation: 'middle',
        nameGap: 22 + longestY * 7.5,
        splitLine: { show: false },
        axisLabel: { ...label(theme), interval: 0 },
      },
      series: [
        {
          type: 'heatmap',
          data: chart.cells.map(({ x, y, value, label: lines }) => {
            const place = value === null ? -1 : shade(value)
            return {
              value: [x, y, value ?? least],
              ...(value === null ? { visualMap: false } : {}),
              itemStyle: {
                ...(place < 0 ? { color: 'rgba(128,128,128,0.16)' } : {}),
                borderColor: theme.paper === 'none' ? 'rgba(128,128,128,0.35)' : theme.paper,
                borderWidth: 1,
              },
              label: {
                show: cellWidth >= 24,
                fontSize: cellWidth < 40 ? 11 : 13,
                color: place < 0 ? theme.ink : place > 1.6 ? '#ffffff' : '#12212e',
                formatter: lines.join('\n'),
                lineHeight: 17,
              },
            }
          }),
        },
      ],
      visualMap: {
        show: false,
        min: most === least ? 0 : least,
        max: most,
        dimension: 2,
        inRange: { color: [...scale] },
      },
    },
  }
}
