import { parse } from 'parse5'
import { describe, expect, it } from 'vitest'
import { makeFormats } from '../format.ts'
import type { Chart } from './chart.ts'
import { renderChart } from './render-chart.ts'
import { fileTheme, inlineTheme } from './theme.ts'

const hostile = '<script>"\'&</svg>'
const task = { start: '2014-05-12', end: '2014-05-17', lateEnd: '2014-05-20' }
const bars = { kind: 'bars', format: 'count', categories: [hostile, 'b'] } as const

const charts: Readonly<Record<string, Chart>> = {
  bars: { ...bars, horizontal: true, series: [{ name: hostile, values: [1, null] }] },
  columns: {
    ...bars,
    horizontal: false,
    series: [1, 2].map((one) => ({ name: `s${one}`, values: [one, 2] })),
  },
  'no bars': { ...bars, categories: [], horizontal: true, series: [{ name: 'none', values: [] }] },
  heatmap: {
    kind: 'heatmap',
    x: [hostile, '1'],
    y: ['0'],
    xTitle: 'x',
    yTitle: 'y',
    cells: [
      { x: 0, y: 0, value: 3, label: [hostile, '2'] },
      { x: 1, y: 0, value: null, label: ['<5'] },
    ],
  },
  'slanted names': {
    kind: 'heatmap',
    x: Array.from({ length: 9 }, (_, place) => `a rather long name ${place}`),
    y: ['a'],
    xTitle: 'x',
    yTitle: 'y',
    cells: [{ x: 8, y: 0, value: 1, label: ['1'] }],
  },
  'one cell': {
    kind: 'heatmap',
    x: ['a'],
    y: ['a'],
    xTitle: '',
    yTitle: '',
    cells: [{ x: 0, y: 0, value: 0, label: ['0'] }],
  },
  curve: {
    kind: 'curve',
    xTitle: 'x',
    yTitle: 'y',
    points: [
      [0, 0],
      [1, 1],
    ],
    diagonal: 'd',
    name: hostile,
  },
  pie: { kind: 'pie', slices: [{ name: hostile, value: 1, label: hostile }] },
  gantt: {
    kind: 'gantt',
    words: { critical: 'c', other: 'o', slack: 's' },
    launch: { date: '2014-05-22', label: hostile },
    tasks: [
      { ...task, name: hostile, critical: true },
      { ...task, name: 'b', critical: false },
    ],
  },
  tree: { kind: 'tree', root: { name: hostile, children: [{ name: 'leaf', children: [] }] } },
}

const render = (chart: Chart, size: 'wide' | 'narrow' = 'wide'): string =>
  renderChart(chart, {
    id: 'c',
    size,
    alt: hostile,
    theme: inlineTheme,
    words: { notShown: 'n' },
    text: makeFormats('en', undefined).cell,
  })

describe('renderChart', () => {
  it.each(
    Object.entries(charts).flatMap(([name, chart]) =>
      (['wide', 'narrow'] as const).map((size) => [name, size, chart] as const),
    ),
  )('draws %s, %s, as sound SVG with a text beside it, the same each time', (_, size, chart) => {
    const svg = render(chart, size)
    const errors: string[] = []
    parse(`<!DOCTYPE html><title>t</title>${svg}`, { onParseError: ({ code }) => errors.push(code) })
    expect(errors).toEqual([])
    expect(svg).toMatch(/^<svg role="img" aria-label="&lt;script&gt;/)
    expect(svg).not.toMatch(/<script|<style|NaN|undefined|Infinity/)
    expect(render(chart, size)).toBe(svg)
    expect(svg).toContain(`viewBox="0 0 ${size === 'wide' ? 860 : 380} `)
  })

  it('takes the colour of the page inside it, and stands on white in a file of its own', () => {
    const svg = render(charts.pie!)
    expect(svg).toContain('fill="currentColor"')
    const file = renderChart(charts.pie!, {
      id: 'c',
      alt: 'a',
      theme: fileTheme,
      words: { notShown: 'n' },
      text: String,
    })
    expect(file).not.toContain('currentColor')
    expect(file).toContain('fill="#ffffff"')
  })

  it('draws no bar where a figure is not shown: a mark stands there, and the rest of a known total is hatched', () => {
    const bar = (values: readonly (number | null)[], rest?: readonly (number | null)[]): string =>
      render({
        kind: 'bars',
        format: 'count',
        horizontal: false,
        categories: ['a', 'b'],
        series: [
          { name: 's', values },
          { name: 't', values: [2, 2] },
        ],
        ...(rest ? { rest } : {}),
      })
    const marks = (svg: string): number => svg.split('>…<').length - 1
    expect(marks(bar([1, 0]))).toBe(0)
    expect(marks(bar([1, null]))).toBe(1)
    expect(bar([1, null])).not.toBe(bar([1, 0]))
    const hatched = bar([1, null], [null, 3])
    expect(marks(hatched)).toBe(0)
    expect(hatched).toContain('linearGradient')
    expect(bar([1, 2])).not.toContain('linearGradient')
  })
})
