import { checkBudget } from '@sillage/campaign'
import type { MakeSection } from '../section-facts.ts'
import { findingText } from '../words/finding-text.ts'

/** The lines of the budget with their shares, and what its sums say. */
export const budget: MakeSection = async ({ budget, words, formats }) => {
  if (!budget) return []
  const check = checkBudget(budget)
  const money = (cents: number): string => formats.money(cents, check.currency)
  const share = (permille: number): string => formats.cell(permille / 1000, 'share')
  return [
    {
      kind: 'findings',
      items: check.findings.map((finding) => findingText(finding, { words, money })),
    },
    {
      kind: 'chart',
      title: words.budget.lines,
      alt: words.budget.alt(check.lines.length, money(check.total)),
      chart: {
        kind: 'pie',
        slices: check.lines.map(({ name, cents, permille }) => ({
          name,
          value: cents / 100,
          label: `${name} (${share(permille)})`,
        })),
      },
    },
    {
      kind: 'table',
      caption: words.budget.lines,
      columns: [
        { title: words.budget.line, format: 'text' },
        { title: words.budget.amount, format: 'written' },
        { title: words.share, format: 'share' },
      ],
      rows: [
        ...check.lines.map(({ name, cents, permille }) => [name, money(cents), permille / 1000]),
        [words.total, money(check.total), 1],
      ],
    },
    ...(check.split.length === 0
      ? []
      : [
          {
            kind: 'table' as const,
            caption: words.budget.split,
            columns: [
              { title: words.budget.part, format: 'text' as const },
              { title: words.share, format: 'share' as const },
              { title: words.budget.amount, format: 'written' as const },
            ],
            rows: check.split.map(({ name, percent, cents }) => [
              words.budget.parts[name] ?? name,
              percent / 100,
              money(cents),
            ]),
          },
        ]),
  ]
}
