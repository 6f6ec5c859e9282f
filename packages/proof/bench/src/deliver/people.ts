import { rmSync } from 'node:fs'
import { Database } from '@sillage/duckdb'
import { sql } from '@sillage/sdk'

/** Rows in one message. */
export const batch = 500

/** The columns that are sent: a key, an address, a tier, a decimal, a date, a truth. */
export const sentColumns = ['id', 'email', 'tier', 'spent', 'since', 'vip']

/** Writes people to a Parquet file; of those whose number is below `changed` the tier is another. */
export async function writePeople({
  path,
  rows,
  changed = 0,
}: {
  readonly path: string
  readonly rows: number
  readonly changed?: number
}): Promise<void> {
  rmSync(path, { force: true })
  await using database = await Database.open({ path: ':memory:', threads: 2 })
  using session = await database.session()
  await session.run(
    sql`
      copy (
        select
          range as id,
          'person' || range || '@example.org' as email,
          case when range < ${changed} then 'new' else ['gold', 'silver', 'bronze'][1 + range % 3] end as tier,
          cast(range * 37 % 100000 / 100.0 as decimal(12, 2)) as spent,
          date '2020-01-01' + cast(range % 2000 as integer) as since,
          range % 7 = 0 as vip
        from range(${rows})
      ) to ${path} (format parquet)
    `.text,
  )
}

/** The pipeline that sends them. */
export function pipelineText(url: string): string {
  return `pipeline: deliver
stages:
  people: { uses: collect/parquet, with: { path: people.parquet } }
  crm: { uses: activate/webhook, from: people, with: { url: "${url}", key: [id], batch: ${batch} } }
`
}
