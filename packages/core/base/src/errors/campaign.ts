import type { ErrorEntry } from './error-entry.ts'

/** What a budget, a retroplan or an order letter of a campaign says that does not add up. */
export const campaignErrors = {
  amount_invalid: {
    text: 'An amount is invalid',
    hint: 'write an amount from 0 with at most two decimals, such as 1250.50',
    kind: 'diagnostic',
    from: 'campaign',
  },
  budget_detail_differs: {
    text: 'A line of the budget and its detail differ',
    hint: 'correct the line or its detail',
    kind: 'warning',
    from: 'campaign',
  },
  budget_line_unknown: {
    text: 'The budget has no line of this name',
    hint: 'name one of its lines',
    kind: 'diagnostic',
    from: 'campaign',
  },
  budget_over_envelope: {
    text: 'The budget is above its envelope',
    hint: 'take a line out, or enlarge the envelope',
    kind: 'warning',
    from: 'campaign',
  },
  budget_sum_differs: {
    text: 'A stated sum of the budget differs from the sum of its lines',
    hint: 'correct the sum or its lines',
    kind: 'warning',
    from: 'campaign',
  },
  date_invalid: {
    text: 'A date is not a calendar day',
    hint: 'write a day of the calendar as 2014-05-12',
    kind: 'diagnostic',
    from: 'campaign',
  },
  heading_empty: {
    text: 'A heading of the order letter is empty',
    hint: 'write something, even if the answer is "none"',
    kind: 'warning',
    from: 'campaign',
  },
  launch_late: {
    text: 'The launch is later than its date: a task that it waits for ends after it',
    hint: 'shorten a task of the critical path, or move the launch',
    kind: 'warning',
    from: 'campaign',
  },
  plan_cycle: {
    text: 'The tasks depend on each other in a cycle',
    hint: 'remove one of the dependencies',
    kind: 'diagnostic',
    from: 'campaign',
  },
  second_launch: {
    text: 'Two tasks have a fixed date',
    hint: 'a plan has one launch: remove "on" from the other task',
    kind: 'diagnostic',
    from: 'campaign',
  },
  split_not_100: {
    text: 'The shares of a split do not add up to 100',
    hint: 'change one of them so that they add up to 100',
    kind: 'diagnostic',
    from: 'campaign',
  },
  task_unknown: {
    text: 'The plan has no task of this name',
    hint: 'name one of the tasks of the plan',
    kind: 'diagnostic',
    from: 'campaign',
  },
} as const satisfies Readonly<Record<string, ErrorEntry>>
