import { type AboutTable, aboutTable } from '@sillage/ledger'
import type { Run } from '../run.ts'

/** The run that made a mart. */
export function runsTable(run: Pick<Run, 'id' | 'plan' | 'options'>, fingerprint: string): AboutTable {
  const { pipeline, description = null, asOf = null } = run.plan
  return aboutTable('runs', 'run pipeline description as_of:date published_at:timestamp fingerprint', [
    { run: run.id, pipeline, description, as_of: asOf, published_at: run.options.now(), fingerprint },
  ])
}

/** The steps as the run told them. */
export function stepsTable({ steps }: Pick<Run['told'], 'steps'>): AboutTable {
  return aboutTable(
    'steps',
    'stage plugin action rows_in:bigint rows_out:bigint rejected:bigint merged:bigint filtered:bigint seconds:double',
    steps,
  )
}

/** What was checked, and what was found. */
export function checksTable({ checks }: Pick<Run['told'], 'checks'>): AboutTable {
  return aboutTable('checks', 'stage check status severity found:double', checks)
}

/** What stages warned of. */
export function warningsTable({ warnings }: Pick<Run['told'], 'warnings'>): AboutTable {
  return aboutTable('warnings', 'stage code message hint count:bigint', warnings)
}
