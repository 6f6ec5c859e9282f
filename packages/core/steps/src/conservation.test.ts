import fc from 'fast-check'
import { expect, it } from 'vitest'
import { conserve } from './conservation.ts'

const count = fc.nat(1_000_000)

it('rows in are rows out, rejected, merged and filtered, or the step breaks the law', () => {
  fc.assert(
    fc.property(
      fc.constantFrom('same', 'filter', 'merge', 'group'),
      count,
      count,
      count,
      fc.option(count, { nil: undefined }),
      (rows, rowsIn, rowsOut, rejected, grouped) => {
        try {
          const counts = conserve({ stage: 's', rows, rowsIn, rowsOut, rejected, grouped })
          expect(counts.rows_out + counts.rejected + counts.merged + counts.filtered).toBe(rowsIn)
          for (const figure of Object.values(counts)) expect(figure).toBeGreaterThanOrEqual(0)
        } catch (error) {
          expect(error).toMatchObject({ code: 'rows_lost', facts: { stage: 's' } })
        }
      },
    ),
    { numRuns: 1000 },
  )
})

it('sizes that add up do not excuse more groups than rows', () => {
  fc.assert(
    fc.property(count, fc.integer({ min: 1, max: 1_000_000 }), count, (rowsIn, more, rejected) => {
      const facts = { stage: 's', rows: 'group', rowsIn, grouped: rowsIn } as const
      expect(() => conserve({ ...facts, rowsOut: rowsIn + more, rejected })).toThrow('breaks the law')
      expect(() => conserve({ ...facts, rowsOut: rowsIn, rejected: rejected + more })).toThrow(
        'breaks the law',
      )
    }),
  )
  expect(() =>
    conserve({ stage: 's', rows: 'group', rowsIn: 11, rowsOut: 12, rejected: 0, grouped: 11 }),
  ).toThrow('rows came in')
})

it('a step that keeps its word passes', () => {
  fc.assert(
    fc.property(count, count, count, (rowsOut, rejected, left) => {
      const rowsIn = rowsOut + rejected + left
      const facts = { stage: 's', rowsIn, rowsOut, rejected }
      expect(conserve({ ...facts, rows: 'filter' })).toMatchObject({ filtered: left })
      expect(conserve({ ...facts, rows: 'merge' })).toMatchObject({ merged: left })
      expect(conserve({ ...facts, rows: 'group', grouped: rowsIn })).toMatchObject({ merged: left })
      expect(conserve({ ...facts, rows: 'same', rowsIn: rowsOut + rejected })).toMatchObject({
        rows_out: rowsOut,
      })
    }),
  )
})
