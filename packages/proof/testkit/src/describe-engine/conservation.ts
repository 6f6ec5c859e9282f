import type { StepCounts } from '@sillage/ledger'
import type { Engine } from '@sillage/steps'
import { describe, expect, it } from 'vitest'
import { EngineProject } from './engine-project.ts'

interface Law {
  readonly rows: string
  readonly by: string
  readonly key?: readonly string[]
  readonly refuses?: readonly string[]
  /** A statement that keeps the law, and what it counts of the five rows. */
  readonly keeps: string
  readonly counts: Partial<StepCounts>
  /** One that does not. */
  readonly breaks?: string
}

const laws: readonly Law[] = [
  {
    rows: 'same',
    by: 'by_row',
    keeps: 'select id, amount * 2 as amount from {input}',
    counts: { rows_out: 5 },
    breaks: 'select id, amount from {input} where id <> 4',
  },
  {
    rows: 'same',
    by: 'by_row',
    refuses: ['It is odd.'],
    keeps: 'select id, amount, id % 2 as _reject from {input}',
    counts: { rows_out: 2, rejected: 3 },
    breaks: 'select id, amount, id % 2 as _reject from {input} where id <> 4',
  },
  {
    rows: 'filter',
    by: 'by_row',
    keeps: 'select id from {input} where id > 2',
    counts: { rows_out: 3, filtered: 2 },
    breaks: 'select id from {input} union all select id from {input}',
  },
  {
    rows: 'merge',
    by: 'whole',
    keeps: 'select distinct customer from {input}',
    counts: { rows_out: 2, merged: 3 },
    breaks: 'select customer from {input} union all select customer from {input}',
  },
  {
    rows: 'group',
    by: 'by_key',
    key: ['customer'],
    keeps: 'select customer, sum(amount) as amount, count(*) as _rows from {input} group by customer',
    counts: { rows_out: 2, merged: 3 },
    breaks: 'select customer, sum(amount) as amount, count(*) - 1 as _rows from {input} group by customer',
  },
  {
    rows: 'expand',
    by: 'by_row',
    keeps: 'select id, unnest([1, 2]) as part from {input}',
    counts: { rows_out: 10 },
  },
]

const lines = 'id,customer,amount\n1,a,10\n2,a,20\n3,b,30\n4,b,40\n5,b,50\n'

function pipeline({ rows, by, key, refuses }: Law, select: string): string {
  const stated = { uses: 'enrich/statement', from: 'raw', with: { select, rows, by, key, refuses } }
  const raw = { uses: 'collect/csv', with: { path: 'lines.csv' } }
  return JSON.stringify({ pipeline: 'law', as_of: '2026-01-01', stages: { raw, stated } })
}

/** Rows in = rows out + refused + merged + left out; what breaks the law is seen by nobody, and takes nothing away. */
export function describeConservation(engine: Engine): void {
  describe('conservation', () => {
    it.each(laws)('$rows, $by, $refuses: the rows are counted', async (law) => {
      using project = new EngineProject(engine, {
        'lines.csv': lines,
        'pipeline.yaml': pipeline(law, law.keeps),
      })
      expect((await project.run()).error).toBeUndefined()
      const { counts, rows, refused } = await project.left()
      const nothing = { rejected: 0, merged: 0, filtered: 0 }
      expect(counts.stated).toEqual({ rows_in: 5, ...nothing, ...law.counts })
      expect(rows.stated).toHaveLength(law.counts.rows_out!)
      expect(refused.stated ?? []).toHaveLength(law.counts.rejected ?? 0)
    })

    it.each(laws.filter(({ breaks }) => breaks !== undefined))(
      '$rows, $by, $refuses: a step that breaks the law leaves nothing, and what was there stays',
      async (law) => {
        const broken = pipeline(law, law.breaks!)
        using project = new EngineProject(engine, { 'lines.csv': lines, 'pipeline.yaml': broken })
        expect((await project.run()).error?.code).toBe('rows_lost')
        expect((await project.left()).rows).not.toHaveProperty('stated')

        project.write('pipeline.yaml', pipeline(law, law.keeps))
        expect((await project.run()).error).toBeUndefined()
        const whole = await project.left()
        project.write('pipeline.yaml', broken)
        expect((await project.run()).error?.code).toBe('rows_lost')
        project.write('pipeline.yaml', pipeline(law, law.keeps))
        expect(await project.left()).toEqual(whole)
        const [, again] = (await project.run()).steps
        expect(again?.action).toBe('reuse')
      },
    )
  })
}
