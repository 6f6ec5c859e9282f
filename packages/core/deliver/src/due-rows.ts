import { existsSync, mkdirSync, mkdtempSync, rmdirSync, rmSync } from 'node:fs'
import { join } from 'node:path'
import type { Session } from '@sillage/sql'
import { type Sql, sql } from '@sillage/sql'

/** Rows of a Parquet row group: what a writer holds of a thread, and the least that a wave reads. */
export const groupRows = 16_384

/**
 * How each row of a payload stands: `position, state, known_row, key, content, line, prior, removed`, in the order of the payload. Parquet
 * files of one run, and no table: DuckDB keeps the pages of a table in memory as long as its limit allows, and there are as many as rows.
 * The folder holds what is to be sent, so it stands where Sillage works and goes when the book is closed; what a killed run leaves of it
 * is cleared away with its other temporary files.
 */
export class DueRows implements Disposable {
  readonly #session: Session
  readonly #scratch: string
  #folder: string | undefined
  #made = false
  #parts: string[] = []
  #written = 0
  #rows = 0

  constructor(session: Session, scratch: string) {
    this.#session = session
    this.#scratch = scratch
  }

  /** All rows, as something to select from. Throws where nothing was written. */
  get all(): Sql {
    if (this.#parts.length === 0) throw new Error('it was not asked which rows are due')
    return sql`read_parquet(${sql.list(this.#parts)})`
  }

  /** How many rows there are. */
  get count(): number {
    return this.#rows
  }

  /** Writes rows in the place of those that were there. */
  async write(select: Sql): Promise<void> {
    const before = this.#parts
    this.#parts = []
    this.#rows = 0
    await this.add(select)
    for (const part of before) rmSync(part, { force: true })
  }

  /** Writes rows behind those that are there. */
  async add(select: Sql): Promise<void> {
    if (this.#folder === undefined) {
      this.#made = !existsSync(this.#scratch)
      mkdirSync(this.#scratch, { recursive: true })
      this.#folder = mkdtempSync(join(this.#scratch, 'due-'))
    }
    this.#written += 1
    const file = join(this.#folder, `${this.#written}.parquet`)
    const { Count: rows } = await this.#session.row<{ Count: number }>(
      `copy (${select.text}) to ${sql.literal(file).text} (format parquet, compression snappy, row_group_size ${groupRows})`,
    )
    this.#parts.push(file)
    this.#rows += rows
  }

  [Symbol.dispose](): void {
    if (this.#folder === undefined) return
    rmSync(this.#folder, { recursive: true, force: true })
    this.#folder = undefined
    this.#parts = []
    if (!this.#made) return
    try {
      rmdirSync(this.#scratch)
    } catch {
      // Something else stands there by now.
    }
  }
}
