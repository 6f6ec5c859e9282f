import { chmodSync, existsSync, mkdirSync, readdirSync, statSync } from 'node:fs'
import { basename, join } from 'node:path'
import { faultPoint, SillageError, syncPath } from '@sillage/base'
import {
  currentVersion,
  isLink,
  martPath,
  pointLink,
  removeVersion,
  surplus,
  versionsFolder,
} from '@sillage/ledger'
import { type Column, type Session, type Sql, sql } from '@sillage/sql'

/** A table of the mart: what it is read from and what it says of itself. */
export interface MartTable {
  readonly name: string
  readonly relation: Sql
  readonly columns: readonly Column[]
  readonly comment: string | undefined
}

export interface MartFacts {
  readonly session: Session
  /** Absolute folder of the marts. */
  readonly folder: string
  readonly pipeline: string
  readonly run: string
  readonly tables: readonly MartTable[]
  /** Tables of the schema `sillage`: name → select over the working database. */
  readonly about: Readonly<Record<string, Sql>>
  /** What tables of the schema `sillage` say of themselves and of their columns, by name. */
  readonly comments?: Readonly<
    Record<string, { readonly table: string; readonly columns: Readonly<Record<string, string>> }>
  >
  readonly keep: number
  /** Runs whose file was never linked: they go, and do not count towards `keep`. */
  readonly orphans?: ReadonlySet<string>
  /** Called between the durable file and the link: the last moment at which nothing is visible. */
  readonly beforeLink?: () => Promise<void>
}

/**
 * Builds a new version of a mart in its own file, makes it durable and read-only, then points the link at it. Readers see the
 * old version or the new one. Returns the link's path. Older versions beyond `keep` are removed; readers who hold one keep it.
 */
export async function publishMart(facts: MartFacts): Promise<string> {
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
    await build(facts, file)
    faultPoint('publish.after_checkpoint')
    if (existsSync(`${file}.wal`)) throw new Error(`${file}.wal was left behind`)
    syncPath(file)
    chmodSync(file, 0o444)
    syncPath(versions)
    faultPoint('publish.after_sync')
    await facts.beforeLink?.()
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

async function build({ session, tables, about, comments = {}, run }: MartFacts, file: string): Promise<void> {
  const alias = `mart_${run.replaceAll(/\W/g, '_')}`
  const name = (...parts: readonly string[]): string => sql.id(alias, ...parts).text
  await session.run(`attach ${sql.literal(file).text} as ${sql.id(alias).text}`)
  try {
    await session.run(`create schema ${name('sillage')}`)
    for (const [table, select] of Object.entries(about))
      await session.run(`create table ${name('sillage', table)} as ${select.text}`)
    for (const [table, comment] of Object.entries(comments)) {
      await session.run(`comment on table ${name('sillage', table)} is ${sql.literal(comment.table).text}`)
      for (const [column, text] of Object.entries(comment.columns))
        await session.run(`comment on column ${name('sillage', table, column)} is ${sql.literal(text).text}`)
    }
    for (const { name: table, relation, columns, comment } of tables) {
      const list = sql.join(columns.map((column) => sql.id(column.name))).text
      await session.run(`create table ${name('main', table)} as select ${list} from ${relation.text}`)
      if (comment)
        await session.run(`comment on table ${name('main', table)} is ${sql.literal(comment).text}`)
      for (const column of columns) {
        if (column.comment)
          await session.run(
            `comment on column ${name('main', table, column.name)} is ${sql.literal(column.comment).text}`,
          )
      }
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
