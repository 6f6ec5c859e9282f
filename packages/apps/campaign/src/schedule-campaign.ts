import type { Campaign, CampaignTask } from './campaign.ts'
import { taskOrder } from './task-order.ts'
import { type WorkingDays, workingDays } from './working-days.ts'

/** Begin and end of a task: numbers of working days from 0, `finish` being the day after the last one, with their dates. */
export interface TaskTimes {
  readonly start: number
  readonly finish: number
  /** ISO date of the first day. */
  readonly startDate: string
  /** ISO date of the last day; of a milestone, its day. */
  readonly finishDate: string
}

export interface ScheduledTask {
  readonly id: string
  readonly name: string
  readonly days: number
  readonly after: readonly string[]
  readonly early: TaskTimes
  readonly late: TaskTimes
  /** Working days by which it may slip before the end, or the moment when all is ready for the launch, moves. */
  readonly slack: number
  readonly critical: boolean
}

export interface Launch {
  readonly id: string
  /** The fixed ISO date. */
  readonly date: string
  /** Working days that lie free between the end of what it waits for and its date; below 0 it is late by so many. */
  readonly margin: number
}

export interface Schedule {
  /** In the order of the campaign. */
  readonly tasks: readonly ScheduledTask[]
  /** Ids of the chain that decides when the work is done, in order; of equal chains, the one that the campaign names first. */
  readonly criticalPath: readonly string[]
  /** Working days of the critical path. */
  readonly days: number
  /** ISO date of the last day of the critical path. */
  readonly end: string
  readonly launch: Launch | undefined
}

/**
 * The critical path method (Kelley & Walker 1959) in working days. Slack is told against the campaign's own end, not against a fixed launch:
 * what lies between the two is the margin of the launch. Expects a campaign without problems (see `campaignProblems`).
 */
export function scheduleCampaign(campaign: Campaign): Schedule {
  const calendar = workingDays(campaign.start, campaign.holidays ?? [])
  const tasks = new Map(Object.entries(campaign.tasks))
  const { order } = taskOrder(campaign.tasks)
  const early = forward(order, tasks, calendar)
  const ready = (task: CampaignTask): number => latest((task.after ?? []).map((id) => early.get(id)!.finish))
  const fixed = [...tasks].find(([, task]) => task.on !== undefined)
  const end = fixed ? ready(fixed[1]) : latest([...early.values()].map(({ finish }) => finish))
  const late = backward(order, tasks, { early, ready })
  const criticalPath = chainTo(fixed ? (fixed[1].after ?? []) : [...tasks.keys()], { tasks, early, end })
  const launch = fixed && {
    id: fixed[0],
    date: fixed[1].on!,
    margin: calendar.dayOf(fixed[1].on!) - end,
  }
  return {
    tasks: [...tasks].map(([id, { name, days, after = [] }]) => {
      const slack = late.get(id)! - early.get(id)!.finish
      return {
        id,
        name,
        days,
        after,
        early: dated(early.get(id)!, calendar),
        late: dated({ start: late.get(id)! - days, finish: late.get(id)! }, calendar),
        slack,
        critical: criticalPath.includes(id),
      }
    }),
    criticalPath,
    days: criticalPath.reduce((sum, id) => sum + tasks.get(id)!.days, 0),
    end: calendar.dateOf(Math.max(0, end - 1)),
    launch,
  }
}

interface Span {
  readonly start: number
  readonly finish: number
}

function forward(
  order: readonly string[],
  tasks: ReadonlyMap<string, CampaignTask>,
  calendar: WorkingDays,
): ReadonlyMap<string, Span> {
  const early = new Map<string, Span>()
  for (const id of order) {
    const { after = [], days, on } = tasks.get(id)!
    const ready = latest(after.map((before) => early.get(before)!.finish))
    const start = on === undefined ? ready : Math.max(ready, calendar.dayOf(on))
    early.set(id, { start, finish: start + days })
  }
  return early
}

/** The latest finish of each task: before a fixed task it is the day when all is ready for it as planned. */
function backward(
  order: readonly string[],
  tasks: ReadonlyMap<string, CampaignTask>,
  {
    early,
    ready,
  }: { readonly early: ReadonlyMap<string, Span>; readonly ready: (task: CampaignTask) => number },
): ReadonlyMap<string, number> {
  const end = latest([...early.values()].map(({ finish }) => finish))
  const late = new Map<string, number>()
  const due = new Map<string, number>()
  for (const id of [...order].reverse()) {
    const task = tasks.get(id)!
    const finish = task.on === undefined ? (due.get(id) ?? end) : early.get(id)!.finish
    late.set(id, finish)
    const before = task.on === undefined ? finish - task.days : ready(task)
    for (const one of task.after ?? []) due.set(one, Math.min(due.get(one) ?? before, before))
  }
  return late
}

/** From the task that ends last back through what it waited for. */
function chainTo(
  last: readonly string[],
  {
    tasks,
    early,
    end,
  }: {
    readonly tasks: ReadonlyMap<string, CampaignTask>
    readonly early: ReadonlyMap<string, Span>
    readonly end: number
  },
): readonly string[] {
  const path: string[] = []
  let candidates = last
  let finish = end
  for (;;) {
    const id = candidates.find((one) => early.get(one)!.finish === finish)
    if (id === undefined) return path.reverse()
    path.push(id)
    finish = early.get(id)!.start
    candidates = tasks.get(id)!.after ?? []
  }
}

function dated({ start, finish }: Span, { dateOf }: WorkingDays): TaskTimes {
  return {
    start,
    finish,
    startDate: dateOf(start),
    finishDate: dateOf(Math.max(start, finish - 1)),
  }
}

function latest(days: readonly number[]): number {
  return days.reduce((most, day) => Math.max(most, day), 0)
}
