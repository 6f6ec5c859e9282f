import { type Pipeline, parseYaml } from '@sillage/pipeline'
import { describe, expect, it } from 'vitest'
import { josxBudget, josxCampaign } from './josx.fixture.ts'
import { campaignOf, campaignSections } from './keys.ts'

async function found(text: string): Promise<readonly string[]> {
  const { value, locate } = parseYaml(text, 'pipeline.yaml')
  const told = await Promise.all(
    campaignSections.map(({ key, pipeline }) => {
      const own = (value as Readonly<Record<string, unknown>>)[key]
      return own === undefined ? [] : pipeline!.check!(own, { marts: [], locate })
    }),
  )
  return told.flat().map(({ code, line, column, severity }) => `${code} ${line}:${column} ${severity}`)
}

describe('the keys of a campaign', () => {
  it('finds what is wrong at the place of the key or of the value that is meant', async () => {
    const plan = 'plan:\n  start: 2014-05-12\n  tasks:\n    T1: { name: letter, days: 1, after: [T2] }\n'
    expect(await found(plan)).toEqual(['task_unknown 4:42 error'])
    const budget =
      'budget:\n  lines: { a: { name: A, amount: 50 } }\n  stated: [{ name: all, amount: 5, of: [a] }]\n'
    expect(await found(budget)).toEqual(['budget_sum_differs 3:33 warning'])
    expect(await found('order_letter: {}\n')).toHaveLength(13)
  })

  it('tells plan and budget as tables of the mart, in the words of the file', () => {
    const names = (key: string, value: unknown) =>
      campaignSections.find((section) => section.key === key)!.pipeline!.tables!(value).map(
        ({ name }) => name,
      )
    expect(names('plan', josxCampaign)).toEqual(['plan', 'plan_tasks'])
    expect(names('budget', josxBudget)).toEqual([
      'budget',
      'budget_lines',
      'budget_details',
      'budget_stated',
      'budget_split',
    ])
  })

  it('reads the plan of the file as the campaign, and none where there is none', () => {
    const pipeline = (sections: object) => ({ sections }) as unknown as Pipeline
    expect(campaignOf(pipeline({ plan: josxCampaign, budget: josxBudget }))).toEqual({
      campaign: josxCampaign,
      budget: josxBudget,
      orderLetter: undefined,
    })
    expect(campaignOf(pipeline({})).campaign).toBeUndefined()
  })
})
