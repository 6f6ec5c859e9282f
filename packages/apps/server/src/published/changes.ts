import type { Host, ServedPipeline } from '../host.ts'
import { askChild } from '../jobs/child.ts'
import { lastTwo } from './versions.ts'

/** What `sillage diff --output json` prints, as far as it is read here. */
export interface ChangesDocument {
  readonly pipeline: string
  readonly before: string
  readonly after: string
  readonly tables: {
    readonly kept: readonly {
      readonly table: string
      readonly migrations: readonly { readonly column: string }[]
    }[]
  }
}

const mostKept = 50
/** A run may go on beside it, with a budget of its own. */
const memory = '--memory=512MB'

/** What changed between the published version and the one before: asked of the command line once a pair of versions. */
export class Changes {
  readonly #host: Host
  readonly #known = new Map<string, Promise<ChangesDocument>>()

  constructor(host: Host) {
    this.#host = host
  }

  /** Throws `mart_missing`, `version_before_missing`, `version_held`. */
  async of({ name, file, mart }: ServedPipeline): Promise<ChangesDocument> {
    const { before, after } = lastTwo(mart)
    const pair = `${name} ${before} ${after}`
    const known = this.#known.get(pair)
    if (known) return await known
    const asked = askChild<{ readonly diff: ChangesDocument }>(this.#host, ['diff', file, memory]).then(
      ({ diff }) => diff,
    )
    this.#known.set(pair, asked)
    asked.catch(() => this.#known.delete(pair))
    for (const old of [...this.#known.keys()].slice(0, -mostKept)) this.#known.delete(old)
    return await asked
  }
}

/** Without who moved in columns marked personal, for who only reads. `personal` holds pairs of a table and its column. */
export function withoutPersonal(
  { tables, ...rest }: ChangesDocument,
  personal: readonly (readonly [table: string, column: string])[],
): ChangesDocument {
  const isPersonal = (table: string, column: string): boolean =>
    personal.some(([one, other]) => one === table && other === column)
  const kept = tables.kept.map((changes) => ({
    ...changes,
    migrations: changes.migrations.filter(({ column }) => !isPersonal(changes.table, column)),
  }))
  return { ...rest, tables: { ...tables, kept } }
}
