import type { Format } from '../cell.ts'

/** Data of a chart; null is a value that is not shown. Texts are plain. */
export type Chart =
  | {
      readonly kind: 'bars'
      readonly categories: readonly string[]
      readonly series: readonly { readonly name: string; readonly values: readonly (number | null)[] }[]
      readonly format: Format
      readonly horizontal: boolean
      /** What the hidden figures of a category are together, where its total is known: it is drawn hatched. */
      readonly rest?: readonly (number | null)[]
      /** Several series stand beside one another; they are stacked unless it is said. */
      readonly beside?: boolean
    }
  | {
      readonly kind: 'heatmap'
      readonly x: readonly string[]
      readonly y: readonly string[]
      readonly xTitle: string
      readonly yTitle: string
      readonly cells: readonly {
        readonly x: number
        readonly y: number
        readonly value: number | null
        /** What stands in the cell, a line each. */
        readonly label: readonly string[]
      }[]
    }
  | {
      readonly kind: 'curve'
      readonly xTitle: string
      readonly yTitle: string
      /** Shares in [0, 1]. */
      readonly points: readonly (readonly [number, number])[]
      readonly diagonal: string
      readonly name: string
    }
  | {
      readonly kind: 'pie'
      readonly slices: readonly { readonly name: string; readonly value: number; readonly label: string }[]
    }
  | {
      readonly kind: 'gantt'
      readonly tasks: readonly GanttTask[]
      readonly words: { readonly critical: string; readonly other: string; readonly slack: string }
      readonly launch: { readonly date: string; readonly label: string } | undefined
    }
  | { readonly kind: 'tree'; readonly root: TreeNode }

/** True where a figure of a chart is hidden or not known: that place is empty or hatched, never 0. */
export function hasGaps(chart: Chart): boolean {
  if (chart.kind === 'bars') return chart.series.some(({ values }) => values.includes(null))
  return chart.kind === 'heatmap' && chart.cells.some(({ value }) => value === null)
}

export interface GanttTask {
  readonly name: string
  /** ISO dates; `end` and `lateEnd` are the first day after. */
  readonly start: string
  readonly end: string
  readonly lateEnd: string
  readonly critical: boolean
}

export interface TreeNode {
  readonly name: string
  /** How many it stands for, as it is written. */
  readonly size?: string
  readonly children: readonly TreeNode[]
}
