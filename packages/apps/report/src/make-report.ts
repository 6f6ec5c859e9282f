import {
  type Budget,
  type Campaign,
  checkBudget,
  type OrderLetter,
  scheduleCampaign,
} from '@sillage/campaign'
import type { Session } from '@sillage/duckdb'
import { makeFormats } from './format.ts'
import { makeLabels } from './labels.ts'
import { Disclosure } from './mart/disclosure.ts'
import { type Mart, type MartTable, meaningOf, openMart } from './mart/open-mart.ts'
import { publishedBudget, publishedCampaign } from './mart/published-campaign.ts'
import { everyone } from './mart/units.ts'
import type { Labels, ReportOptions } from './options.ts'
import type { Report, Section } from './report.ts'
import type { ReportSection } from './report-shape.ts'
import type { EarlierVersion, MakeSection, Planned, SectionFacts } from './section-facts.ts'
import { budget } from './sections/budget.ts'
import { campaign } from './sections/campaign.ts'
import { cohorts } from './sections/cohorts.ts'
import { coverage } from './sections/coverage.ts'
import { dashboard } from './sections/dashboard.ts'
import { migration } from './sections/migration.ts'
import { model } from './sections/model.ts'
import { orderLetter } from './sections/order-letter.ts'
import { rfm } from './sections/rfm.ts'
import { segments } from './sections/segments.ts'
import { stages } from './sections/stages.ts'
import { summary } from './sections/summary.ts'
import { targetTree } from './sections/target-tree.ts'
import { value } from './sections/value.ts'
import { wordsOf } from './words/words.ts'

/** The parts of a report by name, in their usual order. */
const makers = {
  summary,
  order_letter: orderLetter,
  target_tree: targetTree,
  coverage,
  segments,
  migration,
  rfm,
  value,
  cohorts,
  model,
  budget,
  plan: campaign,
  dashboard,
  stages,
} as const satisfies Readonly<Record<ReportSection, MakeSection>>

export interface ReportFacts {
  /** A session that has the mart file open, for reading. */
  readonly session: Session
  /** What the pipeline says of its report. */
  readonly choices: ReportOptions
  readonly locale: 'en' | 'fr'
  readonly labels?: Labels | undefined
  /** What is planned as the pipeline has it now: the report tells what was published with the version. */
  readonly campaign?: Campaign | undefined
  readonly budget?: Budget | undefined
  readonly orderLetter?: OrderLetter | undefined
  /** The version before, where one is kept; it compares the tables of the mart by name. */
  readonly before?: ((main: string) => Promise<EarlierVersion | undefined>) | undefined
}

/** Makes the report of a published mart. A section for which the mart has no data is absent. Throws `mart_too_old`. */
export async function makeReport(facts: ReportFacts): Promise<Report> {
  const { session, choices, locale } = facts
  const mart = await openMart(session)
  const words = wordsOf(locale)
  const main = mainTable(mart, choices.main)
  const chosen =
    choices.sections.length > 0
      ? choices.sections
      : (Object.keys(makers) as ReportSection[]).map((section) => ({ section }))
  const disclosure = new Disclosure(session)
  const shared: SectionFacts = {
    mart,
    disclosure,
    main,
    purchases: mart.tables.find((table) => meaningOf(table, 'purchase_at')),
    sections: new Set(chosen.map(({ section }) => section)),
    words,
    labels: makeLabels(facts.labels ?? {}, words),
    formats: makeFormats(locale, choices.currency),
    minGroup: choices.min_group ?? 5,
    top: choices.top ?? 20,
    actions: choices.actions ?? {},
    campaign: plannedOf(facts.campaign, await publishedCampaign(session), scheduleCampaign),
    budget: plannedOf(facts.budget, await publishedBudget(session), checkBudget),
    orderLetter: facts.orderLetter,
    before: main && (await facts.before?.(main.name)),
  }
  await sectionsOf(chosen, shared)
  await disclosure.settle(everyone(shared))
  const sections = await sectionsOf(chosen, shared)
  return {
    title: choices.title ?? words.title(mart.pipeline),
    locale,
    description: mart.description,
    pipeline: mart.pipeline,
    run: mart.run,
    asOf: mart.asOf,
    publishedAt: mart.publishedAt,
    currency: choices.currency,
    minGroup: shared.minGroup,
    sections,
  }
}

async function sectionsOf(
  chosen: ReportOptions['sections'],
  facts: SectionFacts,
): Promise<readonly Section[]> {
  const sections: Section[] = []
  for (const { section, title } of chosen) {
    const blocks = await makers[section](facts)
    if (blocks.length > 0)
      sections.push({ id: section, title: title ?? facts.words.sections[section], blocks })
  }
  return sections
}

/** What was published, else, of a version that tells none, what the pipeline says now. They are the same where they come to the same. */
function plannedOf<T>(
  now: T | undefined,
  published: T | undefined,
  outcome: (value: T) => unknown,
): Planned<T> | undefined {
  const value = published ?? now
  if (value === undefined) return undefined
  const same = now !== undefined && JSON.stringify(outcome(now)) === JSON.stringify(outcome(value))
  return { value, isPublished: published !== undefined, hasChanged: now !== undefined && !same }
}

/** The mart that is named, else the first whose rows are in segments, else the first with a value or a key. */
function mainTable({ tables }: Mart, name: string | undefined): MartTable | undefined {
  const first = (holds: (table: MartTable) => boolean): MartTable | undefined => tables.find(holds)
  return (
    first((table) => table.name === name) ??
    first((table) => meaningOf(table, 'segment') !== undefined) ??
    first((table) => meaningOf(table, 'monetary') !== undefined) ??
    first(({ columns }) => columns.some(({ key }) => key))
  )
}
