import type { Chart } from './chart.ts'
import { axis, type Drawing, type DrawingFacts, label, legend, shortened } from './drawing.ts'
import { palette } from './theme.ts'

const dayMs = 86_400_000

/** A line a task: its days, then how far it may slip; the launch as a line across. */
export function ganttOption(
  { tasks, words, launch }: Extract<Chart, { readonly kind: 'gantt' }>,
  { theme, text, size }: DrawingFacts,
): Drawing {
  const times = tasks.flatMap(({ start, lateEnd }) => [Date.parse(start), Date.parse(lateEnd)])
  const first = Math.min(...times)
  const last = Math.max(...times, ...(launch ? [Date.parse(launch.date)] : []))
  const weeks = Math.max(1, Math.ceil((last - first) / dayMs / 7))
  const span = (from: string, to: string): number => Date.parse(to) - Date.parse(from)
  const bar = (name: string, color: string, data: readonly (number | null)[]) => ({
    type: 'bar',
    name,
    stack: 'time',
    barWidth: 16,
    itemStyle: { color, borderRadius: 2 },
    data,
  })
  const critical = palette[1]
  const isNarrow = size === 'narrow'
  return {
    height: tasks.length * 28 + 110,
    option: {
      legend: { ...legend(theme, size), data: [words.critical, words.other, words.slack] },
      grid: { left: 12, right: 40, top: 62, bottom: 12, outerBoundsMode: 'same' },
      xAxis: {
        ...axis(theme),
        type: 'value',
        min: 0,
        max: weeks * 7 * dayMs,
        interval: Math.max(1, Math.ceil(weeks / (isNarrow ? 2 : 7))) * 7 * dayMs,
        axisLabel: {
          ...label(theme, 12),
          hideOverlap: true,
          formatter: (value: number) => text(new Date(first + value).toISOString(), 'date'),
        },
      },
      yAxis: {
        ...axis(theme),
        type: 'category',
        inverse: true,
        splitLine: { show: false },
        data: tasks.map(({ name }) => shortened(name, isNarrow ? 18 : 34)),
        axisLabel: { ...label(theme), interval: 0 },
      },
      series: [
        {
          ...bar(
            '',
            'transparent',
            tasks.map(({ start }) => Date.parse(start) - first),
          ),
          ...(launch
            ? {
                markLine: {
                  symbol: 'none',
                  lineStyle: { color: palette[3], width: 2, type: 'solid' },
                  label: { ...label(theme), formatter: launch.label, position: 'start', align: 'right' },
                  data: [{ xAxis: Date.parse(launch.date) - first }],
                },
              }
            : {}),
        },
        bar(
          words.critical,
          critical,
          tasks.map((task) => (task.critical ? span(task.start, task.end) : null)),
        ),
        bar(
          words.other,
          palette[0],
          tasks.map((task) => (task.critical ? null : span(task.start, task.end))),
        ),
        bar(
          words.slack,
          'rgba(128,128,128,0.3)',
          tasks.map(({ end, lateEnd }) => Math.max(0, span(end, lateEnd))),
        ),
      ],
    },
  }
}
