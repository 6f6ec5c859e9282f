import { existsSync, rmSync, statSync } from 'node:fs'
import { isSillageError, takeName } from '@sillage/base'
import type { Compacted } from '@sillage/ledger'
import { sql } from '@sillage/sdk'
import type { Database, Session } from '@sillage/sql'

/** Below this share of empty blocks a new file is not worth its writing. */
const worthwhileShare = 0.25
const worthwhileBytes = 1_000_000

/**
 * Rebuilds a database without its empty blocks, in a new file that takes the old one's place while this process owns it: another process
 * finds the old file locked or the new one whole. The last thing that is done with the database: it must be closed then. Gives undefined
 * where it would free little.
 */
export async function compact(
  database: Database,
  session: Session,
  { dryRun }: { readonly dryRun: boolean },
): Promise<Compacted | undefined> {
  if (dryRun) return await compactable(database, session)
  const { path } = database
  const next = `${path}.next`
  await session.run('checkpoint')
  const worth = await compactable(database, session)
  if (!worth) return undefined
  remove(next)
  try {
    await session.run(`attach ${sql.literal(next).text} as compacted`)
    const { name } = await session.row<{ name: string }>('select current_database() as name')
    await session.run(`copy from database ${sql.id(name).text} to compacted`)
    await session.run('checkpoint compacted')
    await session.run('detach compacted')
  } catch (error) {
    remove(next)
    if (isSillageError(error) && error.code === 'statement_failed') return undefined
    throw error
  }
  // Closing must write nothing: by then the path is the new file's.
  await session.run('pragma disable_checkpoint_on_shutdown')
  if (existsSync(`${path}.wal`)) {
    remove(next)
    return undefined
  }
  takeName(next, path)
  return { before: worth.before, after: statSync(path).size }
}

/** What compacting a database would leave at best; undefined where it would free little. */
async function compactable({ path }: Database, session: Session): Promise<Compacted | undefined> {
  const before = statSync(path).size
  const { free, total } = await session.row<{ free: number; total: number }>(
    'select free_blocks as free, total_blocks as total from pragma_database_size() where database_name = current_database()',
  )
  const share = total === 0 ? 0 : free / total
  if (share < worthwhileShare || before * share < worthwhileBytes) return undefined
  return { before, after: Math.round(before * (1 - share)) }
}

function remove(path: string): void {
  rmSync(path, { force: true })
  rmSync(`${path}.wal`, { force: true })
}
