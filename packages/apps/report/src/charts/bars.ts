import type { Chart } from './chart.ts'
import { axis, chartWidths, type Drawing, type DrawingFacts, label, legend, shortened } from './drawing.ts'
import { palette } from './theme.ts'

/** What stands where a figure is not shown. */
const gap = '…'

/** Room of a name on a narrow screen: a longer one is broken into lines. */
const nameWidth = 120

/**
 * Bars; several series are stacked, or stand beside one another; on a narrow screen they always lie, since names and figures stand side by side
 * there. A figure that is not shown leaves a gap with a mark.
 */
export function barsOption(
  asked: Extract<Chart, { readonly kind: 'bars' }>,
  { theme, text, words, size }: DrawingFacts,
): Drawing {
  const isNarrow = size === 'narrow'
  const chart = isNarrow ? { ...asked, horizontal: true } : asked
  const { horizontal, format, beside = false, rest } = chart
  const names = chart.categories.map((name) => shortened(name, isNarrow ? 36 : 32))
  const plain = format === 'number' || format === 'share' ? format : 'count'
  const only = chart.series.length === 1
  const categories = {
    ...axis(theme),
    type: 'category',
    data: names,
    inverse: horizontal,
    splitLine: { show: false },
    axisLabel: {
      ...label(theme, isNarrow ? 12 : 13),
      interval: horizontal || names.length <= 16 ? 0 : 'auto',
      ...(isNarrow ? { width: nameWidth, overflow: 'break', lineHeight: 14 } : {}),
    },
  }
  const values = {
    ...axis(theme),
    type: 'value',
    // Where each bar has its figure, a narrow axis has no room for more.
    axisLabel: {
      ...label(theme),
      show: !(isNarrow && only),
      formatter: (value: number) => text(value, plain),
      hideOverlap: true,
    },
    splitNumber: isNarrow ? 2 : 4,
  }
  const longest = Math.max(0, ...names.map((name) => Math.min(name.length, isNarrow ? 18 : 32)))
  const above = only ? 0 : legendLines(chart, chartWidths[size]) * 24 + 10
  const stack = only || beside ? undefined : 'all'
  const written = ({ value }: { readonly value: number }): string =>
    text(Math.abs(value) >= 1000 || format === 'count' ? Math.round(value) : value, plain)
  return {
    height: horizontal ? Math.max(150, names.length * (beside ? 44 : 30) + 50 + above) : 320 + above,
    option: {
      color: [...palette],
      ...(only ? {} : { legend: legend(theme, size) }),
      grid: {
        left: horizontal ? 12 + longest * 1.2 : 12,
        right: horizontal ? (isNarrow ? 64 : 84) : 16,
        top: 16 + above,
        bottom: 12,
        outerBoundsMode: 'same',
      },
      xAxis: horizontal ? values : categories,
      yAxis: horizontal ? categories : values,
      series: [
        ...chart.series.map(({ name, values }) => ({
          type: 'bar',
          name,
          stack,
          barMaxWidth: 34,
          data: values.map((value) => value ?? '-'),
          ...(stack === undefined
            ? {
                label: {
                  ...label(theme, 12),
                  show: horizontal || names.length <= 12,
                  position: horizontal ? 'right' : 'top',
                  formatter: written,
                },
              }
            : {}),
        })),
        ...(rest === undefined
          ? []
          : [
              {
                type: 'bar',
                name: words.notShown,
                stack,
                barMaxWidth: 34,
                data: rest.map((value) => value ?? '-'),
                itemStyle: { color: hatched, borderColor: '#7a8794', borderWidth: 1, borderType: 'dashed' },
              },
            ]),
        {
          type: 'scatter',
          data: marksOf(chart),
          symbolSize: 0.1,
          silent: true,
          label: {
            ...label(theme, 14),
            show: true,
            position: horizontal ? 'right' : 'top',
            formatter: gap,
          },
        },
      ],
    },
  }
}

/** Stripes on nothing. */
const hatched = {
  type: 'linear',
  x: 0,
  y: 0,
  x2: 1,
  y2: 1,
  colorStops: Array.from({ length: 8 }, (_, place) => [
    { offset: place / 8, color: 'rgba(128,128,128,0.55)' },
    { offset: (place + 0.5) / 8, color: 'rgba(128,128,128,0.55)' },
    { offset: (place + 0.5) / 8, color: 'rgba(128,128,128,0.06)' },
    { offset: (place + 1) / 8, color: 'rgba(128,128,128,0.06)' },
  ]).flat(),
}

/** Where marks of gaps stand: at the end of what is drawn of a category whose hidden figures are drawn nowhere. */
function marksOf({ series, rest, horizontal, beside = false }: Extract<Chart, { readonly kind: 'bars' }>) {
  const length = series[0]?.values.length ?? 0
  return Array.from({ length }, (_, place) => place).flatMap((place) => {
    const shown = series.flatMap(({ values }) => values[place] ?? [])
    if (shown.length === series.length || (rest?.[place] ?? null) !== null) return []
    const end =
      shown.length === 0 ? 0 : beside ? Math.max(...shown) : shown.reduce((sum, one) => sum + one, 0)
    return [horizontal ? [end, place] : [place, end]]
  })
}

/** Lines that the names of the series take: what the library takes a letter for is about 8 units wide. */
function legendLines({ series, rest }: Extract<Chart, { readonly kind: 'bars' }>, room: number): number {
  const width = series.reduce((sum, { name }) => sum + 50 + name.length * 8, rest ? 150 : 0)
  return Math.ceil(width / room)
}
