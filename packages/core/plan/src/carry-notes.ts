import type { Column } from '@sillage/sdk'

/**
 * Columns as DuckDB describes them, with what it cannot know: the comment, the personal mark and the meaning of the column of the same
 * name before. What a column says of itself stays.
 */
export function carryNotes(columns: readonly Column[], before: readonly Column[]): readonly Column[] {
  const known = new Map(before.map((column) => [column.name, column]))
  return columns.map((column) => {
    const comment = column.comment ?? known.get(column.name)?.comment
    const personal = column.personal ?? known.get(column.name)?.personal
    const meaning = column.meaning ?? known.get(column.name)?.meaning
    return {
      ...column,
      ...(comment === undefined ? {} : { comment }),
      ...(personal === undefined ? {} : { personal }),
      ...(meaning === undefined ? {} : { meaning }),
    }
  })
}
