import { type Diagnostic, diagnostic, didYouMean } from '@sillage/base'
import {
  type Budget,
  budgetProblems,
  type CampaignPlan,
  type CampaignProblem,
  type OrderLetter,
  orderLetterProblems,
  planProblems,
} from '@sillage/campaign'
import type { Labels, ReportOptions } from './pipeline.ts'
import type { Locator, YamlPath } from './yaml-source.ts'

/** The keys that the report reads, as they stand in the text. */
export interface CampaignText {
  readonly report?: Omit<ReportOptions, 'sections'> & {
    readonly sections?: readonly (
      | ReportOptions['sections'][number]['section']
      | ReportOptions['sections'][number]
    )[]
  }
  readonly labels?: Labels
  readonly plan?: CampaignPlan
  readonly budget?: Budget
  readonly order_letter?: OrderLetter
  readonly locale?: 'en' | 'fr'
}

/** What is wrong with plan, budget, order letter and report; the shape of the text is checked. */
export function checkCampaign(
  text: CampaignText,
  { marts, locate }: { readonly marts: readonly string[]; readonly locate: Locator },
): readonly Diagnostic[] {
  const placed = (base: string, problems: readonly CampaignProblem[]): readonly Diagnostic[] =>
    problems.map(({ path, atKey, ...problem }) => {
      const full: YamlPath = [base, ...path]
      return diagnostic({ ...problem, span: atKey ? locate.key(full) : locate.value(full) })
    })
  const main = text.report?.main
  return [
    ...placed('plan', text.plan ? planProblems(text.plan) : []),
    ...placed('budget', text.budget ? budgetProblems(text.budget) : []),
    ...placed('order_letter', text.order_letter ? orderLetterProblems(text.order_letter) : []),
    ...repeatedSections(text, locate),
    ...(main === undefined || marts.includes(main)
      ? []
      : [
          diagnostic({
            code: 'mart_unknown',
            message: `There is no mart "${main}"`,
            span: locate.value(['report', 'main']),
            hint: didYouMean(main, marts) ?? 'name one of the marts of this pipeline',
          }),
        ]),
  ]
}

function repeatedSections({ report }: CampaignText, locate: Locator): readonly Diagnostic[] {
  const names = (report?.sections ?? []).map((one) => (typeof one === 'string' ? one : one.section))
  return names.flatMap((name, place) =>
    names.indexOf(name) === place
      ? []
      : [
          diagnostic({
            code: 'section_repeated',
            message: `The report has the section "${name}" twice`,
            span: locate.value(['report', 'sections', place]),
            hint: 'take one of the two out',
          }),
        ],
  )
}

/** The values of the pipeline: sections by name, defaults left to the report. */
export function campaignOf({ report, labels, plan, budget, order_letter, locale }: CampaignText): {
  readonly report: ReportOptions
  readonly labels?: Labels
  readonly plan?: CampaignPlan
  readonly budget?: Budget
  readonly orderLetter?: OrderLetter
  readonly locale: 'en' | 'fr'
} {
  return {
    report: {
      ...report,
      sections: (report?.sections ?? []).map((one) => (typeof one === 'string' ? { section: one } : one)),
    },
    ...(labels === undefined ? {} : { labels }),
    ...(plan === undefined ? {} : { plan }),
    ...(budget === undefined ? {} : { budget }),
    ...(order_letter === undefined ? {} : { orderLetter: order_letter }),
    locale: locale ?? 'en',
  }
}
