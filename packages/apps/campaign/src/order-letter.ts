import type { CampaignProblem } from './problem.ts'

/** The thirteen headings of an order letter, in their order. */
export const orderLetterHeadings = [
  'nature',
  'reason',
  'purpose',
  'beneficiaries',
  'attachment',
  'scope',
  'actors',
  'context',
  'initial_diagnosis',
  'feasibility',
  'resistances',
  'drifts',
  'budget',
] as const

export type OrderLetterHeading = (typeof orderLetterHeadings)[number]

/** What is ordered from a project, by heading. */
export type OrderLetter = Readonly<Partial<Record<OrderLetterHeading, string>>>

/** A warning for each heading that says nothing. */
export function orderLetterProblems(letter: OrderLetter): readonly CampaignProblem[] {
  return orderLetterHeadings
    .filter((heading) => (letter[heading] ?? '').trim() === '')
    .map((heading) => ({
      code: 'heading_empty',
      message: `The order letter says nothing under "${heading}"`,
      severity: 'warning',
      hint: `write ${heading}: "…", also where the answer is "none"`,
      path: heading in letter ? [heading] : [],
      atKey: true,
    }))
}
