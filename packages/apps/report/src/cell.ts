import type { JsonValue } from '@sillage/sql'

/** How a value is written: `money` has two decimals, `share` is a number in [0, 1] shown in percent, `written` is a text that says a number. */
export type Format = 'text' | 'written' | 'count' | 'number' | 'money' | 'share' | 'date' | 'day_time'

/** A figure of a group that is too small to be shown, or of one that would give such a group away. */
export type Hidden = { readonly below: number } | { readonly withheld: true }

/** Null is a value that there is not. */
export type Cell = JsonValue | Hidden

/** True of a figure that is not shown. */
export function isHidden(cell: Cell): cell is Hidden {
  return (
    typeof cell === 'object' &&
    cell !== null &&
    !Array.isArray(cell) &&
    ('below' in cell || 'withheld' in cell)
  )
}
