import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { budgetProblems } from './budget-problems.ts'
import { checkBudget } from './check-budget.ts'
import { gapCause } from './gap-cause.ts'
import { josxBudget } from './josx.fixture.ts'

describe('checkBudget', () => {
  it('finds what the case says of its budget', () => {
    const { findings, total, stated, lines } = checkBudget(josxBudget)
    expect(findings).toEqual([
      {
        kind: 'stated_agrees',
        name: 'Means',
        stated: 4_400_000,
        lines: 6,
        without: ['Prize for the best seller'],
      },
      {
        kind: 'stated_differs',
        index: 1,
        name: 'Prize',
        stated: 5_000_000,
        sum: 500_000,
        gap: 4_500_000,
        cause: 'zero_too_many',
      },
      { kind: 'totals', itemised: 4_900_000, stated: 9_400_000 },
      {
        kind: 'detail_differs',
        line: 'training',
        name: 'Training',
        detail: 590_000,
        amount: 600_000,
        gap: 10_000,
        cause: undefined,
      },
      { kind: 'left', envelope: 10_000_000, byLines: 5_100_000, asStated: 600_000 },
    ])
    expect([total, stated]).toEqual([4_900_000, 9_400_000])
    expect(lines.map(({ permille }) => permille / 10)).toEqual([10.2, 5.1, 40.8, 4.1, 24.5, 3.1, 12.2])
  })

  it('splits to the cent', () => {
    fc.assert(
      fc.property(fc.nat(10 ** 9), fc.integer({ min: 0, max: 100 }), (cents, percent) => {
        const { split, total } = checkBudget({
          lines: { a: { name: 'a', amount: (cents / 100).toFixed(2) } },
          split: { fidelity: percent, development: 100 - percent },
        })
        expect(total).toBe(cents)
        expect(split[0]!.cents + split[1]!.cents).toBe(cents)
      }),
    )
  })

  it('adds cents that doubles cannot add', () => {
    const lines = { a: { name: 'a', amount: 0.1 }, b: { name: 'b', amount: '0.2' } }
    expect(
      checkBudget({ lines, stated: [{ name: 's', amount: 0.3, of: ['a', 'b'] }] }).findings,
    ).toMatchObject([{ kind: 'stated_agrees' }, { kind: 'totals', itemised: 30, stated: 30 }])
  })
})

describe('gapCause', () => {
  it('knows a slipped zero and swapped digits, which nine always divides', () => {
    fc.assert(
      fc.property(fc.integer({ min: 1, max: 10 ** 9 }), (sum) => {
        expect(gapCause(sum * 10, sum)).toBe('zero_too_many')
        expect(gapCause(sum, sum * 10)).toBe('zero_too_few')
      }),
    )
    expect(gapCause(5400, 4500)).toBe('swapped_digits')
    expect(gapCause(4509, 4500)).toBe('nine')
    expect(gapCause(4501, 4500)).toBeUndefined()
    expect(gapCause(4500, 4500)).toBeUndefined()
  })
})

describe('budgetProblems', () => {
  it('warns of the sums of the case with their probable cause', () => {
    expect(budgetProblems(josxBudget)).toMatchObject([
      {
        code: 'budget_sum_differs',
        severity: 'warning',
        message: '"Prize" is stated as 50,000, its lines add up to 5,000: a gap of 45,000 = 9 × 5,000',
        hint: expect.stringContaining('one zero too many'),
        path: ['stated', 1, 'amount'],
      },
      { code: 'budget_detail_differs', path: ['lines', 'training', 'amount'] },
    ])
  })

  it('refuses amounts that are none, lines that are not there, and a split that is not 100', () => {
    const wrong = {
      lines: { a: { name: 'a', amount: '1.234' }, b: { name: 'b', amount: -1 } },
      stated: [{ name: 's', amount: 1, of: ['c'] }],
      split: { fidelity: 80, development: 30 },
    }
    expect(budgetProblems(wrong).map(({ code }) => code)).toEqual([
      'amount_invalid',
      'amount_invalid',
      'budget_line_unknown',
      'split_not_100',
    ])
  })

  it('says by how much the envelope is passed', () => {
    expect(budgetProblems({ envelope: 10, lines: { a: { name: 'a', amount: 12.5 } } })).toMatchObject([
      { code: 'budget_over_envelope', message: expect.stringContaining('2.50 above') },
    ])
  })
})
