import { foreseeSink } from '@sillage/deliver'
import { attachVersion, currentVersion } from '@sillage/ledger'
import { sql } from '@sillage/sdk'
import type { RunContext } from './context.ts'
import { deliverPort, reasonNotSent } from './deliver.ts'
import type { Preview } from './options.ts'
import { martColumns, referenceOf } from './publish.ts'
import { referenceSql } from './relations.ts'

/** What publishing and sending would do, counted against the published version. Neither publishes nor sends. */
export async function preview(context: RunContext): Promise<Preview> {
  const { plan, session, paths, steps } = context
  const version = currentVersion(paths.marts, plan.pipeline)
  if (version) await attachVersion(session, { file: version, alias: 'published' })
  const count = async (select: string): Promise<number> =>
    (await session.row<{ n: number }>(`select count(*) as n from (${select})`)).n
  try {
    const marts = []
    for (const mart of plan.marts) {
      const now = referenceSql(referenceOf(mart), steps).text
      const known =
        version !== undefined &&
        (await count(
          `select 1 from duckdb_tables() where database_name = 'published' and schema_name = 'main' and table_name = ${sql.literal(mart.name).text}`,
        )) > 0
      const old = sql.id('published', 'main', mart.name).text
      const columns = martColumns(mart, steps.get(mart.from.stage)!).map((column) => column.name)
      const key = sql.join((mart.key.length > 0 ? mart.key : columns).map((name) => sql.id(name))).text
      const rows = await count(`select 1 from ${now}`)
      marts.push({
        table: mart.name,
        rows,
        published: known ? await count(`select 1 from ${old}`) : 0,
        enter: known ? await count(`select ${key} from ${now} except select ${key} from ${old}`) : rows,
        leave: known ? await count(`select ${key} from ${old} except select ${key} from ${now}`) : 0,
      })
    }
    const deliveries = []
    for (const step of plan.steps) {
      if (step.style !== 'sink') continue
      const { stage, destination, counts, waiting, failure } = await foreseeSink(
        step,
        deliverPort(step, context),
      )
      const notSent = reasonNotSent(step, context.options)
      deliveries.push({
        stage,
        destination,
        ...counts,
        waiting,
        destinations: step.files.map((file) => file.path),
        ...(notSent === undefined ? {} : { not_sent: notSent }),
        ...(failure === undefined ? {} : { error: failure }),
      })
    }
    return { marts, deliveries }
  } finally {
    if (version) await session.run('detach published')
  }
}
