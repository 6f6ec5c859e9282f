import { existsSync, realpathSync } from 'node:fs'
import { gunzipSync } from 'node:zlib'
import { defineSource, sourceFailed, t } from '@sillage/sdk'

/** A mart of two rows: `customers` with `id` integer and `name` text. */
const exampleMart = gunzipSync(
  Buffer.from(
    'H4sICJ1NAmsCA20uZHVja2RiAO3bTWsTQRzH8f+Oq26ttfGh2vpw8OTJoodWcrMoKNiDF0V7q8mmWWgStD4cW4+K' +
      'IIJvoMdefA2CIE0VBQVP4sWT70FYZ7JZNo0pVkNC6v/7obCTmcwkv920ZXYmL88+mXtcfT56+calaxdlex6en5ya' +
      'nN66/dx0vlDIl/J3pgQAAAAAAAyARzefnvFXr9/yOjefMmkpvTkQJAePUwcAAAAAwI5xYfntt4+fhj+nj+M28g/z' +
      'f9b/AQAAAAAYLKd/ruZqYx820vl+UUxBTFE8WyiJX5mPqlFyV6Dg6txPKF4la1qXocKDpfu1SnhvqS5F19dExdCW' +
      'RuJ4QaTsehfFr85XQlc7kdU6rmqlyY78xYvjkpjsGX06DaaRyya2R/cGvbItiU1aElmwGZPYcVxPSiY9XaFkHZdd' +
      'R7OpY3YfpWX8UIJOLxHMLEaN91KXYK72Zs0VN8R7J9578f/61Yy9UmmT6ZCgaZdJR3YXvDF0colfjF+9PTv7337s' +
      'faW/7ruV5t7Tw7F7vRWqm/H3Kr3egdLcQ0pz71Oae1hp7v1Kc48ozX1Aae5RRVlb15tzcfv85Y/To0GYwnQ9rTio' +
      '9HN+SGnuw0pzH1Gae0xp7qNKcx/bmbccujau9HpPKM19XGnuE0pzn9QW+Lf9sNt4dticiGS1tmZdVnKuMf0T3pjk' +
      '2DmL2bQOFrg1nJbH5caqWd+Ww7bO7bUdTef/Rq/7uHYHAAAAAAAAAAAAAAAAqPXq7tdnV76v/XB7eNxeHveFUbdp' +
      '1W+WZxaj9NsWAAAAAAAAAAAAAAAAAAAAAAAAAAAAAACgR34BlMv+XACwAAA=',
    'base64',
  ),
)

export default defineSource({
  name: 'collect/mart',
  summary: 'Reads a table of the last published mart of another pipeline.',
  description:
    'The version that is published when the plan is made is read to the end of the run, whatever the other pipeline publishes meanwhile.',
  config: t.object({
    pipeline: t.text({ minLength: 1, description: 'The name of the other pipeline, of the same project.' }),
    table: t.text({ minLength: 1, description: 'The mart: a table that it publishes.' }),
  }),
  examples: [
    {
      title: 'Customers of another pipeline',
      with: { pipeline: 'retail', table: 'customers' },
      files: { 'marts/retail.duckdb': exampleMart },
      rows: [
        { id: 1, name: 'Zoé' },
        { id: 2, name: 'Ali' },
      ],
    },
  ],
  scan: async ({ config: { pipeline, table }, context, sql }) => {
    const link = context.mart(pipeline)
    if (!existsSync(link)) throw notPublished(pipeline)
    const path = realpathSync(link)
    const alias = `mart of ${pipeline}`
    const relation = sql.id(alias, 'main', table)
    return {
      files: [path],
      attach: { path, alias },
      select: ({ provenance }) =>
        provenance
          ? sql`select *, ${`${pipeline}.${table}`} as _file, row_number() over () as _line from ${relation}`
          : sql`select * from ${relation}`,
    }
  },
})

function notPublished(pipeline: string): Error {
  return sourceFailed({
    code: 'mart_not_found',
    message: `The pipeline "${pipeline}" has published no mart`,
    hint: `run it first: sillage run ${pipeline}; or check its name`,
  })
}
