import type { Rows } from '@sillage/sdk'
import type { Column } from '@sillage/sql'

/** The reserved column of refused rows, as it leaves a worker: the last one, where a plugin declares rules. */
export const rejectColumn: Column = { name: '_reject', type: 'BIGINT' }

/** Which row of what was read a row is, or is made from: counted from 0 over the whole input once it left a worker. */
export const fromColumn: Column = { name: '_from', type: 'BIGINT' }

/** How many rows became a group. */
const sizeColumn: Column = { name: '_rows', type: 'BIGINT' }

/** What comes back from a worker: the columns that a plugin declares, and those by which the engine knows and counts its rows. */
export function returnedColumns({
  makes,
  rows,
  rejects,
}: {
  readonly makes: readonly Column[]
  readonly rows: Rows
  readonly rejects: number
}): readonly Column[] {
  const counting = rows === 'same' ? [] : [rows === 'group' ? sizeColumn : fromColumn]
  const more = [...counting, ...(rejects > 0 ? [rejectColumn] : [])]
  return [...makes.filter(({ name }) => !more.some((one) => one.name === name)), ...more]
}
