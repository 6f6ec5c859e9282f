import { join } from 'node:path'
import { fingerprint, newRunId } from '@sillage/base'
import { JournalWriter, lastRunId } from '@sillage/journal'
import type { AboutTable, AboutValue, RunPaths, Stores } from '@sillage/ledger'
import {
  aboutTable,
  currentVersion,
  listVersions,
  martPath,
  publishMart,
  versionFingerprint,
} from '@sillage/ledger'
import type { Plan } from '@sillage/plan'
import { seconds } from '@sillage/run'
import { type Sql, sql } from '@sillage/sdk'
import type { Session } from '@sillage/sql'
import type { HistoryDate } from './history-date.ts'
import { historyName } from './history-name.ts'
import { historyTables } from './history-store.ts'
import { historyTable } from './keep-history.ts'

export interface PublishHistoryFacts {
  readonly plan: Plan
  /** The latest date: its columns bring comments, keys and roles. */
  readonly latest: HistoryDate
  readonly paths: RunPaths
  readonly command: string
  readonly now: () => Date
  readonly stores: Pick<Stores, 'openKept'>
}

/** Publishes the whole history as a version of its own mart. Gives false where readers see just that already. */
export async function publishHistory({
  plan,
  latest,
  paths,
  command,
  now,
  stores,
}: PublishHistoryFacts): Promise<boolean> {
  const started = performance.now()
  const name = historyName(plan.pipeline)
  await using kept = (await stores.openKept({ paths, tempFolder: paths.temp, command, create: true }))!
  const { session } = kept
  const dates = await session.rows('select as_of, fingerprint from sillage.history order by as_of')
  const print = fingerprint(
    dates.map(({ as_of, fingerprint }) => [as_of, fingerprint]),
    latest.tables,
  )
  const current = currentVersion(paths.marts, name)
  if (current !== undefined && (await versionFingerprint(session, current)) === print) return false
  const last = [lastRunId(paths.journals), listVersions(paths.marts, name).at(-1)?.run].sort().at(-1)
  const run = newRunId(now(), last)
  using journal = new JournalWriter(join(paths.journals, `${run}.jsonl`), now)
  journal.append({
    event: 'run_started',
    run,
    pipeline: plan.pipeline,
    pid: process.pid,
    command,
    stages: [],
  })
  const tables = await martTables(session, latest)
  await publishMart(session, {
    folder: paths.marts,
    pipeline: name,
    run,
    tables,
    about: await historyAbout(session, { tables, run, name, print, plan, at: now() }),
    keep: plan.keep,
  })
  const rows: Record<string, number> = {}
  for (const table of tables)
    rows[table.name] = (
      await session.row<{ n: number }>(sql`select count(*) as n from ${historyTable(table.name)}`.text)
    ).n
  journal.append({ event: 'published', mart: martPath(paths.marts, name), tables: rows })
  journal.append({ event: 'run_finished', status: 'succeeded', seconds: seconds(started) })
  return true
}

interface AboutFacts {
  readonly tables: Awaited<ReturnType<typeof martTables>>
  readonly run: string
  readonly name: string
  readonly print: string
  readonly plan: Plan
  readonly at: Date
}

/** The schema `sillage` of a history. */
async function historyAbout(
  session: Session,
  { tables, run, name, print, plan, at }: AboutFacts,
): Promise<readonly AboutTable[]> {
  const described = await session.table('select * from sillage.history order by as_of')
  const description = `Segments and scores of ${plan.pipeline} over time.`
  return [
    aboutTable('runs', 'run pipeline description as_of:date published_at:timestamp fingerprint', [
      { run, pipeline: name, description, published_at: at, fingerprint: print },
    ]),
    {
      name: 'dates',
      columns: described.columns,
      rows: described.rows.map((row) => Object.values(row) as readonly AboutValue[]),
    },
    aboutTable(
      'columns',
      'table_name column_name type comment personal:boolean key:boolean role',
      tables.flatMap((table) =>
        table.columns.map((column) => ({
          ...column,
          table_name: table.name,
          column_name: column.name,
          comment: column.comment ?? null,
          personal: column.personal ?? false,
        })),
      ),
    ),
  ]
}

async function martTables(session: Session, latest: HistoryDate) {
  const known = await historyTables(session)
  return [...known].map(([name, columns]) => {
    const noted = latest.tables.find((table) => table.name === name)?.columns ?? []
    const all = columns.map((column) => {
      const note = noted.find((one) => one.name === column.name)
      return column.name === 'as_of'
        ? { ...column, comment: 'The day that was “today” for this row.', key: true, role: null }
        : { key: false, role: null, ...note, ...column }
    })
    const order = sql.join(all.filter(({ key }) => key).map((column) => sql.id(column.name)))
    const relation: Sql = sql`(select * from ${historyTable(name)} order by ${order})`
    const key = all.flatMap((column) => (column.key ? [column.name] : []))
    return { name, relation, columns: all, key, comment: `${name}: keys, segments and scores by as_of.` }
  })
}
