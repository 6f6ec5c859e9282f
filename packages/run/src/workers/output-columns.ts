import type { BatchPlugin } from '@sillage/sdk'
import type { Column } from '@sillage/sql'

/** The reserved column of refused rows, as it leaves a worker. */
export const rejectColumn: Column = { name: '_reject', type: 'BIGINT' }

/** The columns that come back from a batch plugin: its own output, then `_reject` where it declares rules. */
export function outputColumns({
  plugin,
  config,
  columns,
}: {
  readonly plugin: BatchPlugin
  readonly config: unknown
  /** Columns of the step's input. */
  readonly columns: readonly Column[]
}): { readonly output: readonly Column[]; readonly rejects: number } {
  const output = plugin.output({ config, columns })
  const rejects = plugin.rejects?.({ config }).length ?? 0
  return { output: rejects > 0 ? [...output, rejectColumn] : output, rejects }
}
