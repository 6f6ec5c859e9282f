import { chmodSync, existsSync, mkdirSync, readdirSync, statSync } from 'node:fs'
import { basename, join } from 'node:path'
import { faultPoint, SillageError, syncPath } from '@sillage/base'
import { type Column, type Session, sql } from '@sillage/sql'
import { selectAbout } from './about-table.ts'
import { pointLink } from './link.ts'
import { currentVersion, isLink, martPath, removeVersion, surplus, versionsFolder } from './mart-path.ts'
import type { PublishOrder } from './port.ts'

/**
 * Builds a new version of a mart in its own file, makes it durable and read-only, then points the link at it. Readers see the
 * old version or the new one. Returns the link's path. Older versions beyond `keep` are removed; readers who hold one keep it.
 */
export async function publishMart(session: Session, facts: PublishOrder): Promise<string> {
  const versions = versionsFolder(facts.folder, facts.pipeline)
  mkdirSync(versions, { recursive: true })
  const file = join(versions, `${facts.run}.duckdb`)
  const link = martPath(facts.folder, facts.pipeline)
  if (existsSync(link) && !isLink(link)) {
    throw new SillageError({
      code: 'mart_occupied',
      message: `${basename(link)} is a file that Sillage did not make`,
      hint: 'move it away, then run again',
    })
  }
  removeUnfinished(versions, currentVersion(facts.folder, facts.pipeline))
  removeVersion(file)
  faultPoint('publish.before_build')
  try {
    await build(session, facts, file)
    faultPoint('publish.after_checkpoint')
    if (existsSync(`${file}.wal`)) throw new Error(`${file}.wal was left behind`)
    syncPath(file)
    chmodSync(file, 0o444)
    syncPath(versions)
    faultPoint('publish.after_sync')
    faultPoint('publish.before_link')
    pointLink({ link, target: file })
    faultPoint('publish.after_link')
  } catch (error) {
    removeVersion(file)
    throw error
  }
  for (const old of surplus({ ...facts, folder: versions, current: file })) removeVersion(old)
  return link
}

async function build(session: Session, { tables, about, run }: PublishOrder, file: string): Promise<void> {
  const alias = `mart_${run.replaceAll(/\W/g, '_')}`
  const name = (...parts: readonly string[]): string => sql.id(alias, ...parts).text
  await session.run(`attach ${sql.literal(file).text} as ${sql.id(alias).text}`)
  try {
    await session.run(`create schema ${name('sillage')}`)
    for (const table of about) {
      await session.run(`create table ${name('sillage', table.name)} as ${selectAbout(table).text}`)
      await explain(session, table, (...parts) => name('sillage', ...parts))
    }
    for (const { name: table, relation, columns, comment } of tables) {
      const list = sql.join(columns.map((column) => sql.id(column.name))).text
      await session.run(`create table ${name('main', table)} as select ${list} from ${relation.text}`)
      await explain(session, { name: table, columns, comment }, (...parts) => name('main', ...parts))
    }
    faultPoint('publish.before_checkpoint')
    await session.run(`checkpoint ${sql.id(alias).text}`)
  } finally {
    await session.run(`detach ${sql.id(alias).text}`)
  }
}

/** What a run that was killed left half-built, after the version that is shown: it can still be written, and what was finished cannot. */
function removeUnfinished(folder: string, shown: string | undefined): void {
  for (const name of readdirSync(folder)) {
    const file = join(folder, name)
    const isLater = shown === undefined || name > basename(shown)
    if (name.endsWith('.duckdb') && isLater && (statSync(file).mode & 0o200) !== 0) removeVersion(file)
  }
}

/** What a table says of itself and of its columns. */
async function explain(
  session: Session,
  {
    name,
    columns,
    comment,
  }: { readonly name: string; readonly columns: readonly Column[]; readonly comment?: string | undefined },
  place: (...parts: readonly string[]) => string,
): Promise<void> {
  if (comment) await session.run(`comment on table ${place(name)} is ${sql.literal(comment).text}`)
  for (const column of columns)
    if (column.comment)
      await session.run(
        `comment on column ${place(name, column.name)} is ${sql.literal(column.comment).text}`,
      )
}
