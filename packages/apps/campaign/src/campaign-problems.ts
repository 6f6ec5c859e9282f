import { didYouMean } from '@sillage/base'
import type { Campaign } from './campaign.ts'
import type { CampaignProblem } from './problem.ts'
import { scheduleCampaign } from './schedule-campaign.ts'
import { taskOrder } from './task-order.ts'

/** What is wrong with a campaign: unknown predecessors, circles, two fixed dates are errors; a launch that comes too early is a warning. */
export function campaignProblems(campaign: Campaign): readonly CampaignProblem[] {
  const broken = [
    ...wrongDates(campaign),
    ...unknownTasks(campaign),
    ...circles(campaign),
    ...secondLaunches(campaign),
  ]
  return broken.length > 0 ? broken : lateLaunch(campaign)
}

function wrongDates({ start, holidays = [], tasks }: Campaign): readonly CampaignProblem[] {
  const dates = [
    { date: start, path: ['start'] },
    ...holidays.map((date, index) => ({ date, path: ['holidays', index] })),
    ...Object.entries(tasks).flatMap(([id, { on }]) =>
      on === undefined ? [] : [{ date: on, path: ['tasks', id, 'on'] }],
    ),
  ]
  return dates
    .filter(({ date }) => !isDay(date))
    .map(({ date, path }) => ({
      code: 'date_invalid',
      message: `"${date}" is no day`,
      severity: 'error',
      hint: 'write a day of the calendar as 2014-05-12',
      path,
    }))
}

function isDay(text: string): boolean {
  const time = /^\d{4}-\d{2}-\d{2}$/.test(text) ? Date.parse(`${text}T00:00:00Z`) : Number.NaN
  return !Number.isNaN(time) && new Date(time).toISOString().startsWith(text)
}

function unknownTasks({ tasks }: Campaign): readonly CampaignProblem[] {
  const ids = Object.keys(tasks)
  return Object.entries(tasks).flatMap(([id, { after = [] }]) =>
    after.flatMap((before, index): readonly CampaignProblem[] =>
      Object.hasOwn(tasks, before)
        ? []
        : [
            {
              code: 'task_unknown',
              message: `There is no task "${before}"`,
              severity: 'error',
              hint: didYouMean(before, ids) ?? `tasks: ${ids.join(', ')}`,
              path: ['tasks', id, 'after', index],
            },
          ],
    ),
  )
}

function circles({ tasks }: Campaign): readonly CampaignProblem[] {
  return taskOrder(tasks).cycles.map((cycle) => ({
    code: 'plan_cycle',
    message: `The tasks depend on each other in a cycle: ${cycle.join(' → ')}`,
    severity: 'error',
    hint: 'remove one of the dependencies',
    path: ['tasks', cycle[0]!, 'after'],
  }))
}

function secondLaunches({ tasks }: Campaign): readonly CampaignProblem[] {
  const fixed = Object.entries(tasks).filter(([, task]) => task.on !== undefined)
  return fixed.slice(1).map(([id]) => ({
    code: 'second_launch',
    message: `The tasks "${fixed[0]![0]}" and "${id}" both have a fixed date`,
    severity: 'error',
    hint: 'a plan has one launch: remove "on" from the other task',
    path: ['tasks', id, 'on'],
  }))
}

function lateLaunch(campaign: Campaign): readonly CampaignProblem[] {
  const { launch, end } = scheduleCampaign(campaign)
  if (!launch || launch.margin >= 0) return []
  const days = -launch.margin
  return [
    {
      code: 'launch_late',
      message: `The launch of ${launch.date} is late by ${days} working ${days === 1 ? 'day' : 'days'}: what it waits for ends on ${end}`,
      severity: 'warning',
      hint: 'shorten a task of the critical path, or move the launch',
      path: ['tasks', launch.id, 'on'],
    },
  ]
}
