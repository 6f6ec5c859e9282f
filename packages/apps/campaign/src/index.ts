export type { Amount, Budget, BudgetLine, StatedSum } from './budget.ts'
export { budgetProblems } from './budget-problems.ts'
export { type CampaignTable, type CampaignValue, campaignTables } from './campaign-tables.ts'
export { type BudgetCheck, type BudgetFinding, checkBudget } from './check-budget.ts'
export type { GapCause } from './gap-cause.ts'
export {
  type OrderLetter,
  type OrderLetterHeading,
  orderLetterHeadings,
  orderLetterProblems,
} from './order-letter.ts'
export type { CampaignPlan, PlanTask } from './plan.ts'
export { planProblems } from './plan-problems.ts'
export type { CampaignProblem } from './problem.ts'
export { type Launch, type Schedule, type ScheduledTask, schedulePlan } from './schedule-plan.ts'
