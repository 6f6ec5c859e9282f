import * as echarts from 'echarts/dist/echarts.esm.min.mjs'
import { escapeText } from '../escape-text.ts'
import type { Chart } from './chart.ts'
import { chartOption } from './chart-option.ts'
import { chartWidths, type DrawingFacts } from './drawing.ts'

/** A chart as the text of an SVG, the same each time for the same data and `id`. */
export function renderChart(
  chart: Chart,
  {
    id,
    alt,
    ...more
  }: Omit<DrawingFacts, 'size'> & {
    /** Wide unless said. */
    readonly size?: DrawingFacts['size']
    /** Sets apart the names inside from those of other charts of one page. */
    readonly id: string
    readonly alt: string
  },
): string {
  const facts = { size: 'wide' as const, ...more }
  const { option, height } = chartOption(chart, facts)
  const drawn = echarts.init(null, null, {
    renderer: 'svg',
    ssr: true,
    width: chartWidths[facts.size],
    height,
  })
  try {
    drawn.setOption({
      animation: false,
      backgroundColor: facts.theme.paper,
      textStyle: { fontFamily: 'system-ui, sans-serif' },
      ...option,
    })
    return drawn
      .renderToSVGString()
      .replace(/<style[\s\S]*?<\/style>/g, '')
      .replace(/ (?:class|ecmeta_\w+|pointer-events|baseProfile|version|xmlns:xlink)="[^"]*"/g, '')
      .replace(/zr\d+-/g, `${id}-`)
      .replace(/^<svg width="(\d+)" height="(\d+)"/, `<svg role="img" aria-label="${escapeText(alt)}"`)
  } finally {
    drawn.dispose()
  }
}
