import { messageOf, SillageError } from '@sillage/base'
import { withoutValues } from '@sillage/sql'
import { resourceFailure } from '../failures.ts'

/**
 * A stream that ended before its last row. `cause` is DuckDB's own error where it could be found; of its text only the first line is
 * shown, without quoted texts and long numbers, since DuckDB quotes the value that failed.
 */
export function streamFailed({
  rows,
  cause,
}: {
  readonly rows: number
  readonly cause: unknown
}): SillageError {
  const lacking = resourceFailure(cause)
  if (lacking) return lacking
  return new SillageError({
    code: 'stream_failed',
    message: `the statement failed after ${rows.toLocaleString('en')} rows: ${withoutValues(messageOf(cause).split('\n', 1)[0]!)}`,
    hint: 'rows already read are incomplete: discard what was made of them',
    facts: { rows },
    cause,
  })
}
