import type { Labelled } from '../labels.ts'
import type { AskedColumn } from '../mart/ask-table.ts'

/** The column `segment` of a table, under the names that the report gives the column and its segments. */
export function segmentColumn(column: string, labels: Labelled): AskedColumn {
  return {
    name: 'segment',
    title: labels.column(column),
    format: 'text',
    label: (value) => labels.segment(column, value),
  }
}
