/** Source of a SQL plugin of a project's own: the body of `sql`, which sees `input`, `config` and `sql`. */
export function ownSql({
  body,
  rows = 'same',
  name = 'enrich/own',
}: {
  readonly body: string
  readonly rows?: string
  readonly name?: string
}): string {
  return `import { defineSql, t } from '@sillage/sdk'
export default defineSql({ name: '${name}', summary: 'A test.', description: 'A test.', rows: '${rows}', examples: [],
  config: t.object({ column: t.optional(t.column()), rounds: t.optional(t.integer()) }),
  sql: ({ input, config, sql }) => { ${body} } })
`
}

/** A step that keeps DuckDB busy for about a second a billion rounds. */
export const slowSql = ownSql({
  name: 'enrich/slow',
  body: 'return sql`select i.*, s.x from ${input} i, (select sum(sqrt(range)) as x from range(${config.rounds ?? 1})) s`',
})

/** A step that takes a second a billion rounds and leaves the machine to others: for a run that is only to be seen going on. */
export const slowWait = `import { setTimeout } from 'node:timers/promises'
import { defineBatch, t } from '@sillage/sdk'
export default defineBatch({ name: 'enrich/slow', summary: 'A test.', description: 'A test.', examples: [],
  config: t.object({ rounds: t.integer() }), reads: () => [], output: () => [{ name: 'x', type: 'BIGINT' }],
  limits: () => ({ batchMs: 600_000 }),
  batch: async ({ batch, config, make, signal }) => {
    await setTimeout(config.rounds / 1e6, undefined, { signal })
    return make.batch({ x: make.integer(Array.from({ length: batch.numRows }, () => 1)) })
  } })
`

/** Source of a batch plugin of a project's own: makes a BIGINT column \`len\`. */
export function ownBatch(body: string): string {
  return `import { defineBatch, t } from '@sillage/sdk'
export default defineBatch({ name: 'enrich/own', summary: 'A test.', description: 'A test.', examples: [],
  config: t.object({ column: t.column() }), reads: ({ config }) => [config.column],
  output: () => [{ name: 'len', type: 'BIGINT' }],
  batch: ({ batch, config, make }) => { ${body} } })
`
}
