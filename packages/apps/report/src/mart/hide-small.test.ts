import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { hideSmall } from './hide-small.ts'

describe('hideSmall', () => {
  it('hides a small count, and the next smallest one that would give it away', () => {
    expect(hideSmall([3, 40, 7, 0], { sets: [[0, 1, 2, 3]], minGroup: 5 })).toEqual([
      'small',
      'shown',
      'withheld',
      'shown',
    ])
    expect(hideSmall([3, 4, 40], { sets: [[0, 1, 2]], minGroup: 5 })).toEqual(['small', 'small', 'shown'])
    expect(hideSmall([3, 40], { sets: [], minGroup: 5 })).toEqual(['small', 'shown'])
  })

  it('never shows a small count, and never leaves fewer than so many people hidden in a set that has more', () => {
    const table = fc.record({
      counts: fc.array(fc.nat(12), { minLength: 1, maxLength: 12 }),
      columns: fc.integer({ min: 1, max: 4 }),
      minGroup: fc.integer({ min: 1, max: 8 }),
    })
    fc.assert(
      fc.property(table, ({ counts, columns, minGroup }) => {
        const places = counts.map((_, place) => place)
        const sets = [
          ...Array.from({ length: columns }, (_, column) =>
            places.filter((place) => place % columns === column),
          ),
          ...places
            .filter((place) => place % columns === 0)
            .map((first) => places.filter((place) => place >= first && place < first + columns)),
        ]
        const shown = hideSmall(counts, { sets, minGroup })
        for (const [place, count] of counts.entries())
          expect(shown[place] === 'small').toBe(count > 0 && count < minGroup)
        for (const set of sets) {
          const people = (which: (place: number) => boolean): number =>
            set.filter(which).reduce((sum, place) => sum + counts[place]!, 0)
          const hidden = people((place) => shown[place] !== 'shown')
          if (hidden > 0 && hidden < minGroup) expect(people((place) => shown[place] === 'shown')).toBe(0)
        }
      }),
    )
  })

  it('withholds a large count too, where a total would give it and then the small one beside it', () => {
    const table = [2, 7, 9, 8]
    const sets = [
      [0, 1],
      [2, 3],
      [0, 2],
      [1, 3],
    ]
    const shown = hideSmall(table, { sets, minGroup: 5 })
    expect(shown[0]).toBe('small')
    expect(shown.slice(1)).toEqual(['withheld', 'withheld', 'withheld'])
  })
})
