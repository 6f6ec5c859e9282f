import { sql } from '@sillage/sql'
import { askTable } from '../mart/ask-table.ts'
import type { MakeSection } from '../section-facts.ts'
import { warningsTable } from './warnings.ts'

/** Every stage with what came in and what became of it, what was warned of, and the checks. */
export const stages: MakeSection = async (facts) => {
  const { mart, words, labels, minGroup } = facts
  const { session } = mart
  const steps = await askTable({
    session,
    select: sql`
      select stage, plugin, rows_in, rows_out, rejected, merged, filtered,
        coalesce(rows_in - rows_out - rejected - merged - filtered, 0) as gap
      from sillage.steps
      order by (select min(rowid) from sillage.lineage where lineage.stage = steps.stage)
    `,
    caption: words.stages.caption,
    minGroup,
    columns: [
      { name: 'stage', title: words.stage, format: 'text', label: labels.stage },
      { name: 'plugin', title: words.stages.plugin, format: 'text' },
      { name: 'rows_in', title: words.stages.in, format: 'count' },
      { name: 'rows_out', title: words.stages.out, format: 'count' },
      { name: 'rejected', title: words.rows.rejected, format: 'count' },
      { name: 'merged', title: words.rows.merged, format: 'count' },
      { name: 'filtered', title: words.rows.filtered, format: 'count' },
      { name: 'gap', title: words.rows.gap, format: 'count' },
    ],
  })
  const checks = await askTable({
    session,
    select: sql`select stage, ${sql.id('check')}, status from sillage.checks order by rowid`,
    caption: words.stages.checks,
    minGroup,
    columns: [
      { name: 'stage', title: words.stage, format: 'text', label: labels.stage },
      { name: 'check', title: words.stages.check, format: 'text', label: labels.check },
      {
        name: 'status',
        title: words.stages.status,
        format: 'text',
        label: (status) => words.stages.statuses[status] ?? status,
      },
    ],
  })
  const warnings = await warningsTable(facts)
  return checks.rows.length === 0 ? [steps, ...warnings] : [steps, ...warnings, checks]
}
