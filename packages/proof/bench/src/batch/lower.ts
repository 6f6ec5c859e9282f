import { defineBatch, t } from '@sillage/sdk'

/** Writes a text in small letters, as an author would. */
export default defineBatch({
  name: 'enrich/lower',
  summary: 'A text in small letters.',
  config: t.object({ of: t.column() }),
  rows: 'same',
  incremental: 'by_row',
  examples: [],
  reads: ({ config }) => [config.of],
  output: ({ config }) => [{ name: config.of, type: 'VARCHAR' }],
  batch: ({ texts, config, make }) =>
    make.batch({ [config.of]: make.text(texts(config.of).map((text) => text?.toLowerCase() ?? null)) }),
})
