import type { Channel, ReportSection } from './report-shape.ts'

/** What a pipeline says of its report; what it leaves out is the report's to choose. */
export interface ReportOptions {
  readonly title?: string
  /** The mart with a row per customer. */
  readonly main?: string
  /** None means all that the marts can fill. */
  readonly sections: readonly { readonly section: ReportSection; readonly title?: string }[]
  /** ISO 4217. */
  readonly currency?: string
  /** Groups of fewer people are not shown. */
  readonly min_group?: number
  /** The longest list. */
  readonly top?: number
  /** The channel of each action. */
  readonly actions?: Readonly<Record<string, Channel>>
}

/** What the report writes in place of names that a pipeline uses. */
export interface Labels {
  readonly columns?: Readonly<Record<string, string>>
  /** By value, or by column and value. */
  readonly values?: Readonly<Record<string, string | Readonly<Record<string, string>>>>
  readonly segments?: Readonly<Record<string, string>>
  readonly checks?: Readonly<Record<string, string>>
  readonly stages?: Readonly<Record<string, string>>
}
