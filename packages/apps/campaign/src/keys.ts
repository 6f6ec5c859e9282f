import { type Diagnostic, diagnostic } from '@sillage/base'
import type { Locator, Pipeline, Section, YamlPath } from '@sillage/pipeline'
import type { Budget } from './budget.ts'
import { budgetProblems } from './budget-problems.ts'
import { budgetTables } from './budget-tables.ts'
import type { Campaign } from './campaign.ts'
import { campaignProblems } from './campaign-problems.ts'
import { campaignTables } from './campaign-tables.ts'
import { type OrderLetter, orderLetterProblems } from './order-letter.ts'
import type { CampaignProblem } from './problem.ts'
import { budgetShape, campaignShape, orderLetterShape } from './shapes.ts'

/** What a team plans around a pipeline: its key is `plan`, in code it is the campaign. */
const campaign = {
  key: 'plan',
  pipeline: {
    shape: campaignShape,
    check: (campaign: Campaign, { locate }) => placed('plan', campaignProblems(campaign), locate),
    tables: campaignTables,
  },
} satisfies Section

const budget = {
  key: 'budget',
  pipeline: {
    shape: budgetShape,
    check: (text: Budget, { locate }) => placed('budget', budgetProblems(text), locate),
    tables: budgetTables,
  },
} satisfies Section

const orderLetter = {
  key: 'order_letter',
  pipeline: {
    shape: orderLetterShape,
    check: (letter: OrderLetter, { locate }) => placed('order_letter', orderLetterProblems(letter), locate),
  },
} satisfies Section

/** The keys of a pipeline file that this package owns. */
export const campaignSections: readonly Section[] = [campaign, budget, orderLetter]

/** What is planned around a pipeline; of what it does not say nothing. */
export function campaignOf({ sections }: Pipeline): {
  readonly campaign: Campaign | undefined
  readonly budget: Budget | undefined
  readonly orderLetter: OrderLetter | undefined
} {
  return {
    campaign: sections[campaign.key] as Campaign | undefined,
    budget: sections[budget.key] as Budget | undefined,
    orderLetter: sections[orderLetter.key] as OrderLetter | undefined,
  }
}

function placed(key: string, problems: readonly CampaignProblem[], locate: Locator): readonly Diagnostic[] {
  return problems.map(({ path, atKey, ...problem }) => {
    const full: YamlPath = [key, ...path]
    return diagnostic({ ...problem, span: atKey ? locate.key(full) : locate.value(full) })
  })
}
