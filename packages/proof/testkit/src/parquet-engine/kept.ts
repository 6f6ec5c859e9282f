import { join } from 'node:path'
import { duckdbEngine } from '@sillage/duckdb/engine'
import type { Kept, KeptOrder, RebuildOrder, Rebuilt, RebuiltTable, StoreFiles } from '@sillage/ledger'
import { stepTable } from '@sillage/steps'
import { selectRows, writeFile } from './parquet-rows.ts'
import { readSnapshot, type Snapshot, SnapshotStore, storeFolder } from './snapshot.ts'
import { SnapshotLedger } from './snapshot-ledger.ts'

/** Opens files and ledger between runs; the database of the last run shows them. */
export async function openKept(order: KeptOrder): Promise<Kept | undefined> {
  const folder = storeFolder(order.paths.database)
  if (order.create !== true && readSnapshot(folder) === undefined) return undefined
  const shown = await duckdbEngine.openKept({ ...order, create: order.readOnly !== true })
  return shown && new KeptFiles(shown, new SnapshotStore(folder, { readOnly: order.readOnly === true }))
}

export function filesOf(paths: KeptOrder['paths']): StoreFiles {
  const { store, leftovers } = duckdbEngine.filesOf(paths)
  return { store: [...store, storeFolder(paths.database)], leftovers }
}

class KeptFiles implements Kept {
  readonly isCurrent = true
  readonly ledger: SnapshotLedger
  readonly session: Kept['session']
  readonly relations: Kept['relations']
  readonly ask: Kept['ask']
  readonly compact: Kept['compact']
  readonly #shown: Kept
  readonly #store: SnapshotStore

  constructor(shown: Kept, store: SnapshotStore) {
    this.ledger = new SnapshotLedger(store)
    this.session = shown.session
    this.relations = shown.relations
    this.ask = shown.ask
    this.compact = shown.compact
    this.#shown = shown
    this.#store = store
  }

  /** New files under a snapshot that knows of no steps; then the tables that others put into the database. */
  async rebuild(order: RebuildOrder): Promise<Rebuilt> {
    const relations: Record<string, Snapshot['relations'][string]> = {}
    const tables: RebuiltTable[] = []
    for (const name of Object.keys(this.#store.now.relations)) {
      const { rows, told } = await this.#rewrite(name, order)
      relations[name] = rows
      tables.push(told)
    }
    this.#store.replace({ ...this.#store.now, relations, steps: {}, parts: {} })
    this.#store.sweep()
    const shown = await this.#shown.rebuild(order)
    return { tables: [...tables, ...shown.tables], views: shown.views }
  }

  async #rewrite(
    name: string,
    { removal }: RebuildOrder,
  ): Promise<{ readonly rows: Snapshot['relations'][string]; readonly told: RebuiltTable }> {
    const { session } = this
    const before = this.#store.now.relations[name]!
    const [stage, part] = name.split('.', 2)
    const { where, how } = removal(name, before.columns, 'step')
    const file = join(this.#store.newFolder(stage!, 'rebuilt'), '0.parquet')
    const relation = `(${selectRows(before).text}${where ? ` where not (${where.text})` : ''})`
    await writeFile(session, { relation, columns: before.columns, file })
    const rows = { ...before, files: [file] }
    const { n } = await session.row<{ n: number }>(
      `select (select count(*) from (${selectRows(before).text})) - (select count(*) from (${selectRows(rows).text})) as n`,
    )
    await session.run(`create or replace view ${stepTable(stage!, part).text} as ${selectRows(rows).text}`)
    return { rows, told: { file: this.#store.folder, table: `step.${name}`, how, rows: n } }
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.#shown[Symbol.asyncDispose]()
  }
}
