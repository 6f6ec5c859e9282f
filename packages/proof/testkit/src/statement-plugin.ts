import type { KnownPlugin } from '@sillage/pipeline'
import { defineSql, sql, t } from '@sillage/sdk'

const config = t.object({
  /** Reads `{input}`. */
  select: t.text(),
  rows: t.oneOf(['same', 'filter', 'merge', 'group', 'expand']),
  by: t.oneOf(['by_row', 'by_key', 'whole']),
  key: t.optional(t.columns()),
  /** What the bits of `_reject` say. */
  refuses: t.optional(t.list(t.text())),
})

/** The test kit's own step: any statement, and what it says of itself, true or not. It is not proven, as a plugin of a project. */
const plugin = defineSql({
  name: 'enrich/statement',
  summary: 'A statement of a test.',
  config,
  rows: ({ rows }) => rows,
  incremental: ({ by }) => by,
  key: ({ key = [] }) => key,
  refuses: ({ refuses = [] }) => refuses.length > 0,
  examples: [],
  sql: ({ config, input }) => ({
    select: sql.trusted(config.select.replaceAll('{input}', input.text)),
    rejects: (config.refuses ?? []).map((message) => ({ code: 'of_a_test', message })),
  }),
})

export default plugin

export const statementPlugin: KnownPlugin = {
  name: plugin.name,
  style: 'sql',
  summary: plugin.summary,
  config: plugin.config,
  inputs: { input: 'Rows.' },
  outputs: {},
  module: './statement-plugin.js',
  hash: 'statement',
  url: import.meta.url,
  proven: false,
}
