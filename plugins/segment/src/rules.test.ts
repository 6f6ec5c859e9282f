import { compileSql, openBench } from '@sillage/testkit'
import { describe, expect, it } from 'vitest'
import plugin from './rules.ts'

const problems = (config: object) =>
  (
    plugin.check?.({
      config: { into: 'segment', ...config } as never,
      columns: [],
      inputs: {},
      asOf: '2014-05-23',
    }) ?? []
  ).map(({ code, path }) => `${path.join('.')} ${code}`)

/** Every pair of true, false and null, in columns of their own. */
const truths = [true, false, null].flatMap((a) => [true, false, null].map((b) => [a, b]))

async function segments(config: object): Promise<{ readonly of: unknown; readonly unknown: unknown }> {
  await using bench = await openBench()
  await bench.load('people', { columns: { a: 'boolean', b: 'boolean' }, rows: truths })
  const step = await compileSql(bench, plugin, {
    config: { into: 'segment', ...config } as never,
    tables: { input: 'people' },
  })
  expect(step.problems).toEqual([])
  const rows = await bench.rows(`select a, b, segment from (${step.select})`)
  const counted = (step.warnings ?? []).map(({ count }) => count.text)
  const [told] =
    counted.length === 0 ? [] : await bench.rows(`select ${counted[0]} as n from (${step.select})`)
  return {
    of: Object.fromEntries(rows.map(({ a, b, segment }) => [`${a} ${b}`, segment])),
    unknown: told?.n ?? null,
  }
}

describe('segment/rules', () => {
  const rules = [
    { name: 'first', when: 'a' },
    { name: 'second', when: 'b' },
  ]
  const known = {
    'true true': 'first',
    'true false': 'first',
    'true null': 'first',
    'false true': 'second',
    'null true': 'second',
    'false false': 'rest',
  }

  it('is three-valued: without a true rule, a null one leaves the segment unknown, and the run warns of how many', async () => {
    expect(await segments({ rules, otherwise: 'rest' })).toEqual({
      of: { ...known, 'false null': null, 'null false': null, 'null null': null },
      unknown: 3,
    })
  })

  it('gives the unknown a segment where one is named, with its treatment, and warns no more', async () => {
    expect(await segments({ rules, otherwise: 'rest', otherwise_unknown: 'cannot say' })).toEqual({
      of: { ...known, 'false null': 'cannot say', 'null false': 'cannot say', 'null null': 'cannot say' },
      unknown: null,
    })
    const treatment = { treatment: 'verifier', actions: ['call'] }
    const treated = rules.map((rule) => ({ ...rule, ...treatment }))
    const all = { rules: treated, otherwise: { name: 'rest', ...treatment } }
    expect(problems({ ...all, otherwise_unknown: 'x' })).toEqual(['otherwise_unknown no_treatment'])
    expect(problems({ ...all, otherwise_unknown: { name: 'x', ...treatment } })).toEqual([])
    expect(problems({ ...all, otherwise_unknown: 'rest' })).toEqual([])
    expect((await segments({ rules, otherwise: 'rest', otherwise_unknown: 'rest' })).of).toMatchObject({
      'null null': 'rest',
    })
    expect(problems({ ...all, otherwise_unknown: { name: 'rest', ...treatment } })).toEqual([
      'otherwise_unknown repeated_name',
    ])
  })

  it('lets a rule that says `is null` have them', async () => {
    const nulls = { name: 'empty', when: 'a is null and b is null' }
    const { of } = await segments({ rules: [nulls, ...rules], otherwise: 'rest' })
    expect(of).toMatchObject({ 'null null': 'empty', 'null false': null, 'null true': 'second' })
  })

  it('refuses a segment made twice', () => {
    expect(
      problems({
        rules: [
          { name: 'a', when: 'x' },
          { name: 'b', when: 'y' },
          { name: 'a', when: 'z' },
        ],
        otherwise: 'b',
      }),
    ).toEqual(['rules.2.name repeated_name', 'otherwise repeated_name'])
  })

  it('holds each segment to one treatment and one or two actions, none for abandonner', () => {
    const rules = [
      { name: 'a', when: 'x' },
      { name: 'b', when: 'x', treatment: 'valoriser' },
      { name: 'c', when: 'x', treatment: 'choyer', actions: ['1', '2', '3'] },
      { name: 'd', when: 'x', treatment: 'abandonner', actions: ['1'] },
      { name: 'e', when: 'x', treatment: 'abandonner' },
      { name: 'f', when: 'x', treatment: 'choyer', actions: ['1', '2'] },
    ]
    expect(problems({ rules, otherwise: 'g' })).toEqual([
      'rules.0 no_treatment',
      'rules.1 wrong_number_of_actions',
      'rules.2 wrong_number_of_actions',
      'rules.3 action_on_abandoned',
      'otherwise no_treatment',
    ])
  })
})
