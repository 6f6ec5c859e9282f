import { describe, expect, it } from 'vitest'
import { campaignProblems } from './campaign-problems.ts'
import { josxCampaign } from './josx.fixture.ts'

const plan = (tasks: Readonly<Record<string, readonly string[]>>) => ({
  start: '2014-05-12',
  tasks: Object.fromEntries(Object.entries(tasks).map(([id, after]) => [id, { name: id, days: 1, after }])),
})

describe('campaignProblems', () => {
  it('finds nothing in the plan of the case', () => {
    expect(campaignProblems(josxCampaign)).toEqual([])
  })

  it('names a circle by its tasks, and a task that waits for itself', () => {
    expect(campaignProblems(plan({ a: ['c'], b: ['a'], c: ['b'] }))).toMatchObject([
      { code: 'plan_cycle', message: 'The tasks depend on each other in a cycle: a → b → c → a' },
    ])
    expect(campaignProblems(plan({ a: ['a'] }))).toMatchObject([{ code: 'plan_cycle', severity: 'error' }])
  })

  it('names the unknown task and the nearest one, and no name of JavaScript is a task', () => {
    expect(campaignProblems(plan({ first: [], next: ['frist'] }))).toMatchObject([
      { code: 'task_unknown', path: ['tasks', 'next', 'after', 0], hint: expect.stringContaining('first') },
    ])
    expect(campaignProblems(plan({ first: ['constructor'] }))).toMatchObject([{ code: 'task_unknown' }])
  })

  it('warns of a launch before its work is done', () => {
    const tasks = { ...josxCampaign.tasks, T4: { ...josxCampaign.tasks.T4!, days: 30 } }
    expect(campaignProblems({ ...josxCampaign, tasks })).toMatchObject([
      {
        code: 'launch_late',
        severity: 'warning',
        message: expect.stringContaining('late by 1 working day:'),
      },
    ])
  })

  it('refuses two fixed dates', () => {
    const tasks = { ...josxCampaign.tasks, T1: { ...josxCampaign.tasks.T1!, on: '2014-05-12' } }
    expect(campaignProblems({ ...josxCampaign, tasks })).toMatchObject([{ code: 'second_launch' }])
  })
})
