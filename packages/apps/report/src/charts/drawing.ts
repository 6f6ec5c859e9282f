import type { EChartsCoreOption } from 'echarts/core'
import type { Cell, Format } from '../cell.ts'
import type { Theme } from './theme.ts'

/** Widths of a chart, in the units of its view box: beside text, and alone on the screen of a phone, where it is drawn anew and not made smaller. */
export const chartWidths = { wide: 860, narrow: 380 } as const

export interface Drawing {
  readonly option: EChartsCoreOption
  readonly height: number
}

/** What a chart says of its own. */
export interface ChartWords {
  /** The name of what is drawn hatched. */
  readonly notShown: string
}

export interface DrawingFacts {
  readonly theme: Theme
  readonly text: (cell: Cell, format: Format) => string
  readonly words: ChartWords
  readonly size: keyof typeof chartWidths
}

/** Text of a chart; long names are cut, the table beside has them whole. */
export function label({ ink }: Theme, size = 13): { readonly color: string; readonly fontSize: number } {
  return { color: ink, fontSize: size }
}

/** Names of series; text is wider than the library believes, which cannot measure it here. */
export function legend(theme: Theme, size: DrawingFacts['size']) {
  return { top: 0, textStyle: label(theme), itemWidth: 16, itemGap: size === 'wide' ? 34 : 22 }
}

export function axis(theme: Theme) {
  return {
    axisLabel: label(theme),
    axisLine: { lineStyle: { color: theme.faint } },
    axisTick: { show: false },
    splitLine: { lineStyle: { color: theme.faint } },
    nameTextStyle: label(theme),
  }
}

/** Keeps the beginning of a long text. */
export function shortened(text: string, longest: number): string {
  const letters = [...text]
  return letters.length <= longest ? text : `${letters.slice(0, longest - 1).join('')}…`
}
