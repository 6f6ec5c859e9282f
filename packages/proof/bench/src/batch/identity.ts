import { defineBatch, t } from '@sillage/sdk'

/** Gives all columns back as they came. */
export default defineBatch({
  name: 'enrich/identity',
  summary: 'All columns as they came.',
  config: t.object({}),
  rows: 'same',
  incremental: 'by_row',
  examples: [],
  reads: ({ columns }) => columns.map(({ name }) => name),
  output: ({ columns }) => columns,
  batch: ({ batch }) => batch,
})
