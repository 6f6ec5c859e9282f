import type { Amount, Budget } from './budget.ts'
import { toCents } from './cents.ts'
import { type GapCause, gapCause } from './gap-cause.ts'

/** What the sums of a budget say. Amounts are integers of cents; a gap is what is written minus what its parts add up to. */
export type BudgetFinding =
  | {
      readonly kind: 'stated_agrees'
      readonly name: string
      readonly stated: number
      readonly lines: number
      /** Names of the lines that the sum leaves out. */
      readonly without: readonly string[]
    }
  | {
      readonly kind: 'stated_differs'
      readonly index: number
      readonly name: string
      readonly stated: number
      readonly sum: number
      readonly gap: number
      readonly cause: GapCause | undefined
    }
  | { readonly kind: 'totals'; readonly itemised: number; readonly stated: number }
  | {
      readonly kind: 'detail_differs'
      readonly line: string
      readonly name: string
      readonly detail: number
      readonly amount: number
      readonly gap: number
      readonly cause: GapCause | undefined
    }
  | {
      readonly kind: 'left'
      readonly envelope: number
      readonly byLines: number
      readonly asStated: number | undefined
    }

export interface BudgetCheck {
  readonly currency: string
  readonly lines: readonly {
    readonly id: string
    readonly name: string
    readonly cents: number
    /** Share of the total in tenths of a percent, rounded. */
    readonly permille: number
  }[]
  readonly total: number
  readonly stated: number | undefined
  readonly envelope: number | undefined
  /** The total by the split, in cents that add up to it. */
  readonly split: readonly { readonly name: string; readonly percent: number; readonly cents: number }[]
  readonly findings: readonly BudgetFinding[]
}

/** Adds up a budget and compares it with what was stated. Expects one without problems of form (see `budgetProblems`). */
export function checkBudget(budget: Budget): BudgetCheck {
  const lines = Object.entries(budget.lines).map(([id, { name, amount }]) => ({
    id,
    name,
    cents: exact(amount),
  }))
  const total = sum(lines.map(({ cents }) => cents))
  const envelope = budget.envelope === undefined ? undefined : exact(budget.envelope)
  const stated = budget.stated?.length ? sum(budget.stated.map(({ amount }) => exact(amount))) : undefined
  return {
    currency: budget.currency ?? 'EUR',
    lines: lines.map((line) => ({
      ...line,
      permille: total === 0 ? 0 : Math.round((line.cents * 1000) / total),
    })),
    total,
    stated,
    envelope,
    split: splitOf(total, budget.split ?? {}),
    findings: [
      ...statedFindings(budget),
      ...(stated === undefined ? [] : [{ kind: 'totals' as const, itemised: total, stated }]),
      ...detailFindings(budget),
      ...(envelope === undefined
        ? []
        : [
            {
              kind: 'left' as const,
              envelope,
              byLines: envelope - total,
              asStated: stated === undefined ? undefined : envelope - stated,
            },
          ]),
    ],
  }
}

function statedFindings({ lines, stated = [] }: Budget): readonly BudgetFinding[] {
  return stated.map(({ name, amount, of }, index) => {
    const written = exact(amount)
    const meant = sum(of.map((id) => exact(lines[id]!.amount)))
    if (written === meant) {
      const without = Object.entries(lines).filter(([id]) => !of.includes(id))
      return {
        kind: 'stated_agrees',
        name,
        stated: written,
        lines: of.length,
        without: without.map(([, line]) => line.name),
      }
    }
    return {
      kind: 'stated_differs',
      index,
      name,
      stated: written,
      sum: meant,
      gap: written - meant,
      cause: gapCause(written, meant),
    }
  })
}

function detailFindings({ lines }: Budget): readonly BudgetFinding[] {
  return Object.entries(lines).flatMap(([line, { name, amount, detail }]): readonly BudgetFinding[] => {
    if (!detail) return []
    const written = exact(amount)
    const parts = sum(detail.map(({ quantity, price }) => quantity * exact(price)))
    if (written === parts) return []
    const gap = written - parts
    return [
      {
        kind: 'detail_differs',
        line,
        name,
        detail: parts,
        amount: written,
        gap,
        cause: gapCause(written, parts),
      },
    ]
  })
}

/** Each part rounded to the cent, the last one taking what is left. */
function splitOf(total: number, split: Readonly<Record<string, number>>): BudgetCheck['split'] {
  const parts = Object.entries(split)
  let left = total
  return parts.map(([name, percent], index) => {
    const cents = index === parts.length - 1 ? left : Math.round((total * percent) / 100)
    left -= cents
    return { name, percent, cents }
  })
}

function exact(amount: Amount): number {
  return toCents(amount) ?? 0
}

function sum(amounts: readonly number[]): number {
  return amounts.reduce((total, amount) => total + amount, 0)
}
