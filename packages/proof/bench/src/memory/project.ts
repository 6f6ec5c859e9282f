/** A plugin of the project's own that gives back what it gets. */
export const identityPlugin = `import { defineBatch, t } from '@sillage/sdk'

export default defineBatch({
  name: 'enrich/identity',
  summary: 'Gives back what it gets.',
  config: t.object({}),
  rows: 'same',
  incremental: 'by_row',
  examples: [],
  reads: ({ columns }) => columns.map(({ name }) => name),
  output: ({ columns }) => columns,
  batch: ({ batch }) => batch,
})
`

export const identityPipeline = `pipeline: identity
stages:
  rows: { uses: collect/parquet, with: { path: rows.parquet } }
  same: { uses: enrich/identity, from: rows }
`
