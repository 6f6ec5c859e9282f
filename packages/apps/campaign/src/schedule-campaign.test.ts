import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import type { Campaign } from './campaign.ts'
import { josxCampaign } from './josx.fixture.ts'
import { scheduleCampaign } from './schedule-campaign.ts'

const withDays = (campaign: Campaign, id: string, more: number): Campaign => ({
  ...campaign,
  tasks: { ...campaign.tasks, [id]: { ...campaign.tasks[id]!, days: campaign.tasks[id]!.days + more } },
})

/** Tasks that wait only for earlier ones: every plan without circles is one of these, renamed. */
const plans = fc
  .array(fc.record({ days: fc.nat(9), before: fc.array(fc.nat(8), { maxLength: 3 }) }), {
    minLength: 1,
    maxLength: 9,
  })
  .map((list): Campaign => {
    const tasks = list.map(({ days, before }, index) => {
      const after = [...new Set(before.filter((one) => one < index).map((one) => `t${one}`))]
      return [`t${index}`, { name: `task ${index}`, days, after }] as const
    })
    return { start: '2014-05-12', tasks: Object.fromEntries(tasks) }
  })

/** Days of the longest of all paths that end in a task, each path tried by itself. */
function longestTo(campaign: Campaign, id: string): number {
  const { days, after = [] } = campaign.tasks[id]!
  return days + Math.max(0, ...after.map((before) => longestTo(campaign, before)))
}

function longest(campaign: Campaign): number {
  return Math.max(...Object.keys(campaign.tasks).map((id) => longestTo(campaign, id)))
}

describe('scheduleCampaign', () => {
  it('finds the published critical path of the case, its end, and four free days before the launch', () => {
    const schedule = scheduleCampaign(josxCampaign)
    expect(schedule.criticalPath).toEqual(['T1', 'T2', 'T3', 'T4', 'T5', 'T8', 'T13', 'T14'])
    expect(schedule).toMatchObject({
      days: 82,
      end: '2014-09-08',
      launch: { id: 'T16', date: '2014-09-15', margin: 4 },
    })
  })

  it('is late by one day when the integration takes five days more', () => {
    expect(scheduleCampaign(withDays(josxCampaign, 'T4', 5)).launch).toMatchObject({ margin: -1 })
  })

  it('gives the first and last day of a task, over weekends and holidays', () => {
    const [letter, specification] = scheduleCampaign(josxCampaign).tasks
    expect(letter!.early).toMatchObject({ startDate: '2014-05-12', finishDate: '2014-05-16' })
    expect(specification!.early).toMatchObject({ startDate: '2014-05-19', finishDate: '2014-05-28' })
    const survey = scheduleCampaign(josxCampaign).tasks.find(({ id }) => id === 'T7')!
    expect(survey).toMatchObject({ slack: 25, critical: false })
  })

  it('is as long as the longest of all paths', () => {
    fc.assert(
      fc.property(plans, (campaign) => {
        const schedule = scheduleCampaign(campaign)
        expect(schedule.days).toBe(longest(campaign))
        for (const task of schedule.tasks) {
          expect(task.early.finish).toBe(longestTo(campaign, task.id))
          for (const before of task.after)
            expect(task.early.start).toBeGreaterThanOrEqual(
              schedule.tasks.find(({ id }) => id === before)!.early.finish,
            )
        }
      }),
    )
  })

  it('lets a task slip by its slack and not by a day more', () => {
    fc.assert(
      fc.property(plans, (campaign) => {
        const { days, tasks } = scheduleCampaign(campaign)
        for (const { id, slack } of tasks) {
          expect(slack).toBeGreaterThanOrEqual(0)
          expect(longest(withDays(campaign, id, slack))).toBe(days)
          expect(longest(withDays(campaign, id, slack + 1))).toBe(days + 1)
        }
      }),
    )
  })

  it('tells the slack of tasks before a fixed launch by what they do to it, not by the free days before it', () => {
    const { tasks, launch } = scheduleCampaign(josxCampaign)
    for (const { id, slack } of tasks) {
      if (id === launch!.id) continue
      const slipped = (by: number): number => scheduleCampaign(withDays(josxCampaign, id, by)).launch!.margin
      expect(slipped(slack), id).toBe(4)
      expect(slipped(slack + 1), id).toBe(3)
    }
  })
})
