import type { Session } from '@sillage/duckdb'
import type { JsonRow } from '@sillage/sql'
import { type Sql, sql } from '@sillage/sql'
import type { Shown } from './hide-small.ts'
import { eliminate, isMultiple, pivotOf, prime, type Residues } from './span.ts'

/** Whom or what a column of counts is about: the units of a space, such as people or lines of purchases, that its rows count. */
export interface Counted {
  /** The column of the statement that hides the figures where it counts too few. */
  readonly people: string
  readonly space: string
  /** What tells one unit from another. */
  readonly unit: Sql
  readonly where?: Sql
}

/** Cells of one table, row by row. */
interface Noted {
  readonly counts: readonly number[]
  readonly shown: readonly Shown[]
}

interface CellOf {
  readonly table: string
  readonly place: number
}

/** How often a group of units stands in a vector: enough that two groups hardly ever look like one another. */
const copies = 3

/**
 * Sees to it that no hidden count of a report follows from the others of the same report. Every count is a sum over units of which it is not
 * known who they are; a hidden one follows from those that are shown where its units are a sum of theirs (a linear combination; the
 * attack of Dobra and Fienberg's "marginals known" setting). The report is made twice: first to note its counts, then to show them.
 */
export class Disclosure {
  readonly #session: Session
  readonly #tables = new Map<string, Noted>()
  readonly #members: Sql[] = []
  readonly #cells: (CellOf & { readonly count: number })[] = []
  readonly #answers = new Map<string, readonly JsonRow[]>()
  #settled: ReadonlyMap<string, readonly Shown[]> | undefined

  constructor(session: Session) {
    this.#session = session
  }

  /** The rows of a statement, asked once. */
  async rows(select: Sql): Promise<readonly JsonRow[]> {
    const known = this.#answers.get(select.text) ?? (await this.#session.rows(select.text))
    this.#answers.set(select.text, known)
    return known
  }

  /** What becomes of the counts of a table, which are hidden as `shown` unless the rest of the report asks for more. */
  note(
    table: string,
    { counts, shown, members }: Noted & { readonly members?: (first: number) => readonly Sql[] },
  ): readonly Shown[] {
    if (this.#settled) return this.#settled.get(table) ?? shown
    if (this.#tables.has(table)) return shown
    this.#tables.set(table, { counts, shown })
    if (members) {
      this.#members.push(...members(this.#cells.length))
      this.#cells.push(...counts.map((count, place) => ({ table, place, count })))
    }
    return shown
  }

  /** Decides, once all tables are noted. `everyone` gives the units whose number the report tells. */
  async settle(everyone: readonly Sql[]): Promise<void> {
    const states = new Map([...this.#tables].map(([table, { shown }]) => [table, [...shown]]))
    this.#settled = states
    const stateOf = ({ table, place }: CellOf): Shown => states.get(table)![place]!
    const hidden = this.#cells.flatMap((cell, index) =>
      stateOf(cell) !== 'shown' && cell.count > 0 ? [index] : [],
    )
    if (hidden.length === 0) return
    const spaces = await this.#vectors(everyone)
    const open = new Set(hidden)
    const order = this.#cells
      .flatMap((cell, index) => (cell.count > 0 && !open.has(index) ? [index] : []))
      .sort((a, b) => this.#cells[b]!.count - this.#cells[a]!.count || a - b)
    for (const total of spaces) eliminate(total.vectors.values(), total.everyone)
    for (const index of order) {
      const own = spaces.flatMap(({ vectors }) => {
        const row = vectors.get(index)
        return row && pivotOf(row) >= 0 ? [{ vectors, row }] : []
      })
      const tells = own.some(({ vectors, row }) =>
        [...open].some((other) => vectors.has(other) && isMultiple(vectors.get(other)!, row)),
      )
      if (tells) {
        open.add(index)
        const { table, place } = this.#cells[index]!
        states.get(table)![place] = 'withheld'
      } else
        for (const { vectors, row } of own) {
          vectors.delete(index)
          eliminate(vectors.values(), row)
        }
    }
  }

  /** The units of each cell by space: those that are in the same cells are one group, and a vector has the groups at places by chance. */
  async #vectors(everyone: readonly Sql[]) {
    const parts = [...this.#members, ...everyone.map((select) => sql`select -1 as cell, * from (${select})`)]
    const groups = await this.#session.rows<{ space: string; cells: readonly number[] }>(
      sql`
        select distinct space, cells from (
          select space, unit, list_sort(list(distinct cell)) as cells from (
            ${sql.join(parts, '\nunion all ')}
          )
          group by space, unit
        )
        order by all
      `.text,
    )
    const size = Math.ceil(1.3 * new Set(groups.flatMap(({ cells }) => cells)).size) + 64
    const draw = drawer()
    const spaces = new Map<string, { everyone: Residues; vectors: Map<number, Residues> }>()
    for (const { space, cells } of groups) {
      const known = spaces.get(space) ?? { everyone: new Float64Array(size), vectors: new Map() }
      spaces.set(space, known)
      const places = Array.from({ length: copies }, () => [draw(size), 1 + draw(prime - 1)] as const)
      for (const cell of cells) {
        const row = cell < 0 ? known.everyone : (known.vectors.get(cell) ?? new Float64Array(size))
        if (cell >= 0) known.vectors.set(cell, row)
        for (const [place, factor] of places) row[place] = (row[place]! + factor) % prime
      }
    }
    return [...spaces.values()]
  }
}

/** Numbers below a bound, the same each time (Steele, Lea & Flood 2014: mixing by multiplication and shifts). */
function drawer(): (below: number) => number {
  let state = 0x9e3779b9
  return (below) => {
    state = (state + 0x6d2b79f5) | 0
    let mixed = Math.imul(state ^ (state >>> 15), state | 1)
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61)
    return ((mixed ^ (mixed >>> 14)) >>> 0) % below
  }
}
