import type { SectionTable } from '@sillage/pipeline'
import type { Budget } from './budget.ts'
import { toCents } from './cents.ts'

const money = 'DECIMAL(18,2)'

/** A budget, its lines, and what is said of them. Expects a budget without problems of form (see `budgetProblems`). */
export function budgetTables({
  currency,
  envelope,
  lines,
  stated = [],
  split = {},
}: Budget): readonly SectionTable[] {
  const byLine = Object.entries(lines)
  const line = { name: 'line', type: 'VARCHAR', comment: 'Id of the line.' }
  return [
    {
      name: 'budget',
      comment: 'The budget as a whole; one row.',
      columns: [
        { name: 'currency', type: 'VARCHAR', comment: 'ISO 4217.' },
        { name: 'envelope', type: money, comment: 'What there is to spend; null where it is not said.' },
      ],
      rows: [[currency ?? 'EUR', envelope === undefined ? null : amountText(envelope)]],
    },
    {
      name: 'budget_lines',
      comment: 'The lines of the budget; one row a line.',
      columns: [
        line,
        { name: 'name', type: 'VARCHAR', comment: 'What is paid.' },
        { name: 'amount', type: money, comment: 'As it is written.' },
      ],
      rows: byLine.map(([id, { name, amount }]) => [id, name, amountText(amount)]),
    },
    {
      name: 'budget_details',
      comment: 'What lines are said to be made of: they need not add up; one row a part.',
      columns: [
        line,
        { name: 'quantity', type: 'INTEGER', comment: 'How many.' },
        { name: 'price', type: money, comment: 'Of one.' },
      ],
      rows: byLine.flatMap(([id, { detail = [] }]) =>
        detail.map(({ quantity, price }) => [id, quantity, amountText(price)]),
      ),
    },
    {
      name: 'budget_stated',
      comment: 'Sums as somebody stated them: they need not be those of their lines; one row a sum.',
      columns: [
        { name: 'name', type: 'VARCHAR', comment: 'Of what.' },
        { name: 'amount', type: money, comment: 'As it was stated.' },
        { name: 'lines', type: 'VARCHAR[]', comment: 'Ids of the lines that it sums up.' },
      ],
      rows: stated.map(({ name, amount, of }) => [name, amountText(amount), of]),
    },
    {
      name: 'budget_split',
      comment: 'How the total is split, such as between fidelity and development; one row a part.',
      columns: [
        { name: 'part', type: 'VARCHAR', comment: 'Name of the part.' },
        { name: 'percent', type: 'DOUBLE', comment: 'Its share; they add up to 100.' },
      ],
      rows: Object.entries(split),
    },
  ]
}

/** Exact: the integer of cents, as a decimal text. */
function amountText(amount: Budget['lines'][string]['amount']): string {
  const digits = String(toCents(amount) ?? 0).padStart(3, '0')
  return `${digits.slice(0, -2)}.${digits.slice(-2)}`
}
