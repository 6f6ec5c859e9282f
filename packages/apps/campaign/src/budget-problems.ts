import { didYouMean } from '@sillage/base'
import type { Amount, Budget } from './budget.ts'
import { centsText, toCents } from './cents.ts'
import { type BudgetFinding, checkBudget } from './check-budget.ts'
import type { GapCause } from './gap-cause.ts'
import type { CampaignProblem } from './problem.ts'

/** What is wrong with a budget: amounts that are none, unknown lines and a split that is not 100 are errors; sums that do not add up are warnings. */
export function budgetProblems(budget: Budget): readonly CampaignProblem[] {
  const broken = [...wrongAmounts(budget), ...unknownLines(budget), ...wrongSplit(budget)]
  return broken.length > 0 ? broken : checkBudget(budget).findings.flatMap(toProblem)
}

function wrongAmounts({ envelope, lines, stated = [] }: Budget): readonly CampaignProblem[] {
  const amounts: readonly (readonly [Amount | undefined, readonly (string | number)[]])[] = [
    [envelope, ['envelope']],
    ...Object.entries(lines).flatMap(([id, { amount, detail = [] }]) => [
      [amount, ['lines', id, 'amount']] as const,
      ...detail.map(({ price }, index) => [price, ['lines', id, 'detail', index, 'price']] as const),
    ]),
    ...stated.map(({ amount }, index) => [amount, ['stated', index, 'amount']] as const),
  ]
  return amounts.flatMap(([amount, path]): readonly CampaignProblem[] =>
    amount === undefined || toCents(amount) !== undefined
      ? []
      : [
          {
            code: 'amount_invalid',
            message: `"${path.at(-1)}" cannot be ${JSON.stringify(amount)}`,
            severity: 'error',
            hint: 'write an amount from 0 with at most two decimals, such as 1250.50',
            path,
          },
        ],
  )
}

function unknownLines({ lines, stated = [] }: Budget): readonly CampaignProblem[] {
  const ids = Object.keys(lines)
  return stated.flatMap(({ of }, index) =>
    of.flatMap((id, place): readonly CampaignProblem[] =>
      Object.hasOwn(lines, id)
        ? []
        : [
            {
              code: 'budget_line_unknown',
              message: `There is no line "${id}" in the budget`,
              severity: 'error',
              hint: didYouMean(id, ids) ?? `lines: ${ids.join(', ')}`,
              path: ['stated', index, 'of', place],
            },
          ],
    ),
  )
}

function wrongSplit({ split }: Budget): readonly CampaignProblem[] {
  if (!split) return []
  const total = Object.values(split).reduce((sum, percent) => sum + percent, 0)
  if (Math.abs(total - 100) < 1e-9) return []
  return [
    {
      code: 'split_not_100',
      message: `The shares of the split add up to ${total}, not to 100`,
      severity: 'error',
      hint: 'change one of them so that they add up to 100',
      path: ['split'],
      atKey: true,
    },
  ]
}

function toProblem(finding: BudgetFinding): readonly CampaignProblem[] {
  switch (finding.kind) {
    case 'stated_differs':
      return [
        {
          code: 'budget_sum_differs',
          message: `"${finding.name}" is stated as ${centsText(finding.stated)}, its lines add up to ${centsText(finding.sum)}: a gap of ${centsText(finding.gap)}${nineText(finding)}`,
          severity: 'warning',
          hint: hintOf(finding.cause),
          path: ['stated', finding.index, 'amount'],
        },
      ]
    case 'detail_differs':
      return [
        {
          code: 'budget_detail_differs',
          message: `"${finding.name}" is ${centsText(finding.amount)}, its detail adds up to ${centsText(finding.detail)}: a gap of ${centsText(finding.gap)}${nineText(finding)}`,
          severity: 'warning',
          hint: hintOf(finding.cause),
          path: ['lines', finding.line, 'amount'],
        },
      ]
    case 'left': {
      const least = Math.min(finding.byLines, finding.asStated ?? finding.byLines)
      if (least >= 0) return []
      return [
        {
          code: 'budget_over_envelope',
          message: `The budget is ${centsText(-least)} above its envelope of ${centsText(finding.envelope)}`,
          severity: 'warning',
          hint: 'take a line out, or enlarge the envelope',
          path: ['envelope'],
        },
      ]
    }
    case 'stated_agrees':
    case 'totals':
      return []
  }
}

function nineText({ gap, cause }: { readonly gap: number; readonly cause: GapCause | undefined }): string {
  return cause === undefined ? '' : ` = 9 × ${centsText(gap / 9)}`
}

function hintOf(cause: GapCause | undefined): string {
  switch (cause) {
    case 'zero_too_many':
      return 'probably one zero too many: check the sum that was stated'
    case 'zero_too_few':
      return 'probably one zero too few: check the sum that was stated'
    case 'swapped_digits':
      return 'probably two digits that were swapped: check the sum that was stated'
    case 'nine':
      return 'nine divides the gap: look for a slipped zero or swapped digits among the lines'
    case undefined:
      return 'correct one of the two, or say what makes the difference as a line of its own'
  }
}
