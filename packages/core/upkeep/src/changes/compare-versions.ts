import { attachVersion, type MartVersion } from '@sillage/ledger'
import { sql } from '@sillage/sdk'
import type { OpenDatabase } from '@sillage/sql'
import { compareTables, type TableChanges } from './compare-tables.ts'
import { martShape } from './mart-shape.ts'

/** What changed from one version of a pipeline's marts to another. */
export interface VersionChanges {
  readonly tables: {
    /** Tables that only the later version has, with their rows. */
    readonly added: readonly TableRows[]
    readonly removed: readonly TableRows[]
    readonly kept: readonly TableChanges[]
  }
}

export interface TableRows {
  readonly table: string
  readonly rows: number
}

/** Compares two versions, both opened for reading only. Throws `version_held`, `version_unreadable`. */
export async function compareVersions({
  before,
  after,
  samples,
  memoryBytes,
  tempFolder,
  openDatabase,
}: {
  readonly before: MartVersion
  readonly after: MartVersion
  readonly samples: number
  readonly memoryBytes?: number | undefined
  readonly tempFolder: string
  readonly openDatabase: OpenDatabase
}): Promise<VersionChanges> {
  await using database = await openDatabase({
    path: ':memory:',
    tempFolder,
    ...(memoryBytes === undefined ? {} : { memoryBytes }),
  })
  using session = await database.session()
  await attachVersion(session, { file: before.file, alias: 'before' })
  await attachVersion(session, { file: after.file, alias: 'after' })
  const old = await martShape(session, 'before')
  const now = await martShape(session, 'after')
  const relation = (alias: string, table: string) => sql.id(alias, 'main', table)
  const only = async (
    alias: string,
    tables: ReadonlyMap<string, unknown>,
    others: ReadonlyMap<string, unknown>,
  ): Promise<readonly TableRows[]> => {
    const found: TableRows[] = []
    for (const table of [...tables.keys()].filter((name) => !others.has(name))) {
      const { rows } = await session.row<{ rows: number }>(
        sql`select count(*) as rows from ${relation(alias, table)}`.text,
      )
      found.push({ table, rows })
    }
    return found
  }
  const kept: TableChanges[] = []
  for (const [table, shape] of now) {
    const earlier = old.get(table)
    if (!earlier) continue
    const sides = { before: relation('before', table), after: relation('after', table) }
    kept.push(await compareTables({ session, before: earlier, after: shape, sides, samples }))
  }
  return {
    tables: {
      added: await only('after', now, old),
      removed: await only('before', old, now),
      kept,
    },
  }
}
