import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { type Cell, isHidden } from '../cell.ts'
import { makeReport } from '../make-report.ts'
import type { ReportOptions } from '../options.ts'
import { withSmallMart } from '../testing/small-mart.ts'

type Person = readonly [activity: string, segment: string, place: string, size: string]

const columns = [
  { name: 'id', type: 'INTEGER', key: true },
  { name: 'activity', type: 'VARCHAR', meaning: 'activity' },
  { name: 'segment', type: 'VARCHAR', meaning: 'segment' },
  { name: 'place', type: 'VARCHAR', meaning: 'place' },
  { name: 'size', type: 'VARCHAR', meaning: 'offer' },
] as const
const sections: ReportOptions['sections'] = [
  { section: 'target_tree' },
  { section: 'segments' },
  { section: 'dashboard' },
]

/** What a reader has: of each count whom it is about, as the titles say, and whether it is shown. */
async function countsOf(people: readonly Person[], minGroup: number) {
  const tables = { people: { columns, rows: people.map((person, id) => [id, ...person] as const) } }
  return await withSmallMart(tables, async (session) => {
    const report = await makeReport({ session, locale: 'en', choices: { sections, min_group: minGroup } })
    const places = new Map(columns.slice(1).map(({ name }, place) => [name as string, place]))
    return report.sections
      .flatMap(({ blocks }) => blocks)
      .flatMap((block) => (block.kind === 'table' ? [block] : []))
      .flatMap((table) => {
        const own = table.columns.map(({ title }) => places.get(title))
        return table.rows.flatMap((row) =>
          row.flatMap((cell: Cell, index) => {
            const { title, format } = table.columns[index]!
            if (format !== 'count') return []
            const isIn = (person: Person): boolean =>
              own.every((place, at) => place === undefined || person[place] === row[at]) &&
              (title === 'People' || person[0] === title)
            return [{ units: people.map((person): number => (isIn(person) ? 1 : 0)), cell }]
          }),
        )
      })
  })
}

/** Takes the parts along rows that were kept from a row; what is left is what they do not tell. */
function leftOf(row: readonly number[], kept: readonly (readonly number[])[]): readonly number[] {
  return kept.reduce<readonly number[]>((left, one) => {
    const pivot = one.findIndex((value) => Math.abs(value) > 1e-9)
    const factor = left[pivot]! / one[pivot]!
    return Math.abs(factor) < 1e-12 ? left : left.map((value, at) => value - factor * one[at]!)
  }, row)
}

const isNothing = (row: readonly number[]): boolean => row.every((value) => Math.abs(value) < 1e-7)

describe('the counts of one report', () => {
  it('are such that no hidden one is a sum or difference of others and of the number of all', async () => {
    const one = (...values: readonly string[]) => fc.constantFrom(...values)
    const person = fc.tuple(one('a', 'b', 'c'), one('x', 'y', 'z'), one('p', 'q', 'r'), one('S', 'M'))
    await fc.assert(
      fc.asyncProperty(fc.array(person, { minLength: 20, maxLength: 70 }), async (people) => {
        const counts = await countsOf(people, 4)
        const kept: (readonly number[])[] = []
        for (const { units } of [
          { units: people.map((): number => 1) },
          ...counts.filter(({ cell }) => !isHidden(cell)),
        ]) {
          const left = leftOf(units, kept)
          if (!isNothing(left)) kept.push(left)
        }
        for (const { units, cell } of counts)
          if (isHidden(cell)) expect(isNothing(leftOf(units, kept)), JSON.stringify(units)).toBe(false)
        for (const { units, cell } of counts)
          if (!isHidden(cell)) expect(Number(cell)).toBe(units.reduce((sum, unit) => sum + unit, 0))
      }),
      { seed: 20261129, numRuns: 40 },
    )
  })

  it('hides no more than it must: where every group is large, all are shown', async () => {
    const people = ['a', 'b'].flatMap((activity) =>
      ['x', 'y'].flatMap((segment) =>
        ['p', 'q'].flatMap((place) =>
          ['S', 'M'].flatMap((size) =>
            Array.from({ length: 6 }, () => [activity, segment, place, size] as const),
          ),
        ),
      ),
    )
    const counts = await countsOf(people, 5)
    expect(counts.length).toBeGreaterThan(15)
    expect(counts.filter(({ cell }) => isHidden(cell))).toEqual([])
  })
})
