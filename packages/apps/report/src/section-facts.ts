import type { Budget, Campaign, OrderLetter } from '@sillage/campaign'
import type { Migration } from '@sillage/upkeep'
import type { Formats } from './format.ts'
import type { Labelled } from './labels.ts'
import type { Disclosure } from './mart/disclosure.ts'
import type { Mart, MartTable } from './mart/open-mart.ts'
import type { ReportOptions } from './options.ts'
import type { Block } from './report.ts'
import type { Words } from './words/en.ts'

/** What a section is made from. */
export interface SectionFacts {
  readonly mart: Mart
  /** Knows all counts of the report, so that none that is hidden follows from the others. */
  readonly disclosure: Disclosure
  /** The mart with a row per customer; undefined where none has a key. */
  readonly main: MartTable | undefined
  /** The mart with a row per purchase or line of one. */
  readonly purchases: MartTable | undefined
  /** The parts that the report has: what the first page says is not said again. */
  readonly sections: ReadonlySet<string>
  readonly words: Words
  readonly labels: Labelled
  readonly formats: Formats
  /** Groups of fewer people are not shown. */
  readonly minGroup: number
  /** The longest list. */
  readonly top: number
  readonly actions: NonNullable<ReportOptions['actions']>
  readonly campaign: Planned<Campaign> | undefined
  readonly budget: Planned<Budget> | undefined
  readonly orderLetter: OrderLetter | undefined
  readonly before: EarlierVersion | undefined
}

/** A campaign or budget. */
export interface Planned<T> {
  readonly value: T
  /** Whether the mart tells it, so that SQL gives its figures. */
  readonly isPublished: boolean
  /** Whether the pipeline says something else by now. */
  readonly hasChanged: boolean
}

/** The version before, and who went from which segment to which since. */
export interface EarlierVersion {
  readonly run: string
  /** Its day, where it has one: never that of the report. */
  readonly asOf?: string | undefined
  /** As a statement attaches it. */
  readonly path: string
  /** Its absolute path: with it, the counts of who moved are held against those of the rest of the report. */
  readonly file?: string
  readonly migrations: readonly Migration[]
}

/** Makes the parts of a section; none where the mart has not what it shows. */
export type MakeSection = (facts: SectionFacts) => Promise<readonly Block[]>
