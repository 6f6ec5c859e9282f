import { describe, expect, it } from 'vitest'
import { josxPlan } from './josx.fixture.ts'
import { planProblems } from './plan-problems.ts'

const plan = (tasks: Readonly<Record<string, readonly string[]>>) => ({
  start: '2014-05-12',
  tasks: Object.fromEntries(Object.entries(tasks).map(([id, after]) => [id, { name: id, days: 1, after }])),
})

describe('planProblems', () => {
  it('finds nothing in the plan of the case', () => {
    expect(planProblems(josxPlan)).toEqual([])
  })

  it('names a circle by its tasks, and a task that waits for itself', () => {
    expect(planProblems(plan({ a: ['c'], b: ['a'], c: ['b'] }))).toMatchObject([
      { code: 'plan_cycle', message: 'The tasks go round in a circle: a → b → c → a' },
    ])
    expect(planProblems(plan({ a: ['a'] }))).toMatchObject([{ code: 'plan_cycle', severity: 'error' }])
  })

  it('names the unknown task and the nearest one, and no name of JavaScript is a task', () => {
    expect(planProblems(plan({ first: [], next: ['frist'] }))).toMatchObject([
      { code: 'task_unknown', path: ['tasks', 'next', 'after', 0], hint: expect.stringContaining('first') },
    ])
    expect(planProblems(plan({ first: ['constructor'] }))).toMatchObject([{ code: 'task_unknown' }])
  })

  it('warns of a launch before its work is done', () => {
    const tasks = { ...josxPlan.tasks, T4: { ...josxPlan.tasks.T4!, days: 30 } }
    expect(planProblems({ ...josxPlan, tasks })).toMatchObject([
      {
        code: 'launch_late',
        severity: 'warning',
        message: expect.stringContaining('late by 1 working day:'),
      },
    ])
  })

  it('refuses two fixed dates', () => {
    const tasks = { ...josxPlan.tasks, T1: { ...josxPlan.tasks.T1!, on: '2014-05-12' } }
    expect(planProblems({ ...josxPlan, tasks })).toMatchObject([{ code: 'second_launch' }])
  })
})
