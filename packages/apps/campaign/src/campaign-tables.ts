import type { Budget } from './budget.ts'
import { toCents } from './cents.ts'
import type { CampaignPlan } from './plan.ts'
import { schedulePlan } from './schedule-plan.ts'

/** A value of a table: ISO dates and amounts are texts, which their column's type reads. */
export type CampaignValue = string | number | boolean | null | readonly string[]

/** A plan or budget as a table of the mart. Types are those of DuckDB. */
export interface CampaignTable {
  readonly name: string
  readonly comment: string
  readonly columns: readonly { readonly name: string; readonly type: string; readonly comment: string }[]
  readonly rows: readonly (readonly CampaignValue[])[]
}

/** Plan and budget as tables, in the order of the pipeline; none for what it has not. Expects both without problems of form. */
export function campaignTables({
  plan,
  budget,
}: {
  readonly plan?: CampaignPlan | undefined
  readonly budget?: Budget | undefined
}): readonly CampaignTable[] {
  return [...(plan ? planTables(plan) : []), ...(budget ? budgetTables(budget) : [])]
}

function planTables(plan: CampaignPlan): readonly CampaignTable[] {
  const { tasks, criticalPath, days, end, launch } = schedulePlan(plan)
  return [
    {
      name: 'plan',
      comment: 'The plan as a whole; one row.',
      columns: [
        { name: 'start', type: 'DATE', comment: 'First day.' },
        { name: 'holidays', type: 'DATE[]', comment: 'Days off besides Saturdays and Sundays.' },
        {
          name: 'critical_path',
          type: 'VARCHAR[]',
          comment: 'Ids of the tasks that decide when all is done.',
        },
        { name: 'days', type: 'INTEGER', comment: 'Working days of the critical path.' },
        { name: 'end', type: 'DATE', comment: 'Last day of the critical path.' },
        {
          name: 'launch',
          type: 'VARCHAR',
          comment: 'Id of the task with a fixed day; null where none has one.',
        },
        { name: 'launch_on', type: 'DATE', comment: 'That day.' },
        { name: 'margin', type: 'INTEGER', comment: 'Working days free before it; below 0 it is late.' },
      ],
      rows: [
        [
          plan.start,
          plan.holidays ?? [],
          criticalPath,
          days,
          end,
          launch?.id ?? null,
          launch?.date ?? null,
          launch?.margin ?? null,
        ],
      ],
    },
    {
      name: 'plan_tasks',
      comment: 'The tasks of the plan with their days; one row a task.',
      columns: [
        { name: 'id', type: 'VARCHAR', comment: 'Id of the task.' },
        { name: 'name', type: 'VARCHAR', comment: 'What is done.' },
        { name: 'days', type: 'INTEGER', comment: 'Working days; 0 is a milestone.' },
        { name: 'after', type: 'VARCHAR[]', comment: 'Ids of the tasks that it waits for.' },
        { name: 'fixed_on', type: 'DATE', comment: 'The day on which it begins whatever happens.' },
        { name: 'start', type: 'DATE', comment: 'First day, as early as can be.' },
        { name: 'finish', type: 'DATE', comment: 'Last day, as early as can be.' },
        { name: 'late_finish', type: 'DATE', comment: 'Last day that delays nothing.' },
        { name: 'slack', type: 'INTEGER', comment: 'Working days by which it may slip.' },
        { name: 'critical', type: 'BOOLEAN', comment: 'Whether it is on the critical path.' },
      ],
      rows: tasks.map(({ id, name, days, after, early, late, slack, critical }) => [
        id,
        name,
        days,
        after,
        plan.tasks[id]!.on ?? null,
        early.startDate,
        early.finishDate,
        late.finishDate,
        slack,
        critical,
      ]),
    },
  ]
}

const money = 'DECIMAL(18,2)'

function budgetTables({
  currency,
  envelope,
  lines,
  stated = [],
  split = {},
}: Budget): readonly CampaignTable[] {
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
