import type { Cell, Format } from './cell.ts'
import type { Chart } from './charts/chart.ts'

export interface Figure {
  readonly label: string
  readonly value: Cell
  readonly format: Format
  /** The column of the block's SQL that gives it. */
  readonly column?: string
}

/** A part of a section. `sql` is one statement over the mart that gives the figures again, column by column, row by row. */
export type Block =
  | { readonly kind: 'prose'; readonly text: string }
  /** What the figures come to, a sentence each. */
  | { readonly kind: 'headline'; readonly sentences: readonly string[]; readonly sql?: string }
  | { readonly kind: 'figures'; readonly figures: readonly Figure[]; readonly sql?: string }
  | {
      readonly kind: 'table'
      readonly caption: string
      readonly columns: readonly {
        readonly title: string
        readonly format: Format
        /** The column of the SQL that gives it. */
        readonly column?: string
        /** The value that the SQL gives, for texts that stand for another. */
        readonly values?: ReadonlyMap<string, string>
      }[]
      readonly rows: readonly (readonly Cell[])[]
      /** It tells what a chart before it shows, and is opened by who wants the figures. */
      readonly folded?: boolean
      readonly sql?: string
    }
  | {
      readonly kind: 'chart'
      readonly title: string
      /** What the chart shows, in a sentence. */
      readonly alt: string
      readonly chart: Chart
      readonly sql?: string
    }
  | {
      readonly kind: 'findings'
      readonly items: readonly { readonly text: string; readonly warns: boolean }[]
      /** Gives the figures of the sentences. */
      readonly sql?: string
    }

export interface Section {
  readonly id: string
  readonly title: string
  readonly blocks: readonly Block[]
}

/** A report as a plain value, ready to be rendered; it has no value of a personal column. */
export interface Report {
  readonly title: string
  readonly locale: 'en' | 'fr'
  readonly description: string | undefined
  readonly pipeline: string
  /** The run whose version of the mart it shows. */
  readonly run: string
  readonly asOf: string | null
  readonly publishedAt: string
  /** ISO 4217, where the pipeline says it. */
  readonly currency: string | undefined
  /** Groups of fewer people are hidden. */
  readonly minGroup: number
  readonly sections: readonly Section[]
}
