import { exitCode, SillageError } from '@sillage/base'
import type { StepCounts } from '@sillage/ledger'
import type { Rows } from '@sillage/sdk'

interface RowFacts {
  readonly stage: string
  readonly rows: Rows
  readonly rowsIn: number
  readonly rowsOut: number
  readonly rejected: number
  /** Sum of `_rows`, of steps that group. */
  readonly grouped?: number | undefined
}

/**
 * The law of conservation: rows in = rows out + rejected + merged + filtered; the sizes of groups add up to the rows in, and there are no more groups
 * than rows. Gives the
 * counts of a step that keeps it; throws `rows_lost` for one that does not.
 */
export function conserve({ stage, rows, rowsIn, rowsOut, rejected, grouped }: RowFacts): StepCounts {
  const left = rowsIn - rowsOut - rejected
  const counts = { rows_in: rowsIn, rows_out: rowsOut, rejected, merged: 0, filtered: 0 }
  switch (rows) {
    case 'same':
      if (left !== 0)
        throw rowsLost({
          stage,
          message: `${rowsIn} rows came in, ${rowsOut} went out and ${rejected} were refused`,
          gap: left,
        })
      return counts
    case 'filter':
      if (left < 0)
        throw rowsLost({
          stage,
          message: `more rows went out (${rowsOut}) than came in (${rowsIn})`,
          gap: left,
        })
      return { ...counts, filtered: left }
    case 'merge':
      if (left < 0)
        throw rowsLost({
          stage,
          message: `more rows went out (${rowsOut}) than came in (${rowsIn})`,
          gap: left,
        })
      return { ...counts, merged: left }
    case 'group':
      if (grouped !== rowsIn)
        throw rowsLost({
          stage,
          message: `the groups hold ${grouped ?? 'no'} rows of ${rowsIn}`,
          gap: rowsIn - (grouped ?? 0),
        })
      if (left < 0)
        throw rowsLost({
          stage,
          message: `${rowsIn} rows came in, and ${rowsOut} groups and ${rejected} refused ones went out`,
          gap: left,
        })
      return { ...counts, merged: left }
    case 'expand':
      return counts
  }
}

function rowsLost({
  stage,
  message,
  gap,
}: {
  readonly stage: string
  readonly message: string
  readonly gap: number
}): SillageError {
  return new SillageError({
    code: 'rows_lost',
    message: `"${stage}" breaks the law of conservation: ${message}`,
    hint: 'this is an error of the plugin: nothing was published',
    exit: exitCode.failed,
    facts: { stage, gap },
  })
}
