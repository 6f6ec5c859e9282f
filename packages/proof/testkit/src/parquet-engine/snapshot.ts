import { existsSync, mkdirSync, readdirSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs'
import { join, relative } from 'node:path'
import { faultPoint, syncPath } from '@sillage/base'
import type {
  CheckRecord,
  CurrentStep,
  KnownCursor,
  KnownParts,
  ModelRecord,
  Publication,
  RejectRecord,
  RowRange,
  StepAction,
  WarningRecord,
} from '@sillage/ledger'
import type { ParquetRows } from './parquet-rows.ts'

type ByStage<T> = Readonly<Record<string, T>>

/** Data and ledger at one moment: which files hold the rows of each relation, and what runs left. */
export interface Snapshot {
  /** By name: a stage, or a part of it such as `people.merged`. */
  readonly relations: ByStage<ParquetRows & Pick<RowRange, 'run'> & { readonly at: string }>
  readonly steps: ByStage<CurrentStep>
  readonly parts: ByStage<KnownParts>
  readonly cursors: ByStage<KnownCursor>
  readonly rejects: ByStage<{ readonly run: string; readonly records: readonly RejectRecord[] }>
  readonly warnings: ByStage<readonly WarningRecord[]>
  readonly models: ByStage<ModelRecord>
  /** The last one last. */
  readonly publications: readonly (Publication & { readonly at: string })[]
  /** What runs did with their stages, and what they checked. */
  readonly actions: readonly (CurrentStep & { readonly plugin: string; readonly action: StepAction })[]
  readonly checks: readonly (CheckRecord & { readonly run: string })[]
}

/** What a commit replaces, stage by stage. */
export type Change = Partial<Omit<Snapshot, 'publications' | 'actions' | 'checks'>>

const empty: Snapshot = {
  relations: {},
  steps: {},
  parts: {},
  cursors: {},
  rejects: {},
  warnings: {},
  models: {},
  publications: [],
  actions: [],
  checks: [],
}

/** Where the working store that a run knows by the path of its database keeps its files. */
export function storeFolder(database: string): string {
  return `${database}.store`
}

export function readSnapshot(folder: string): Snapshot | undefined {
  const file = join(folder, 'snapshot.json')
  return existsSync(file) ? (JSON.parse(readFileSync(file, 'utf8')) as Snapshot) : undefined
}

/** The named snapshot of a folder. A commit writes the next one beside it and renames it: what it does not name was never there. */
export class SnapshotStore {
  readonly folder: string
  #now: Snapshot
  #made = 0

  constructor(folder: string, { readOnly = false }: { readonly readOnly?: boolean } = {}) {
    this.folder = folder
    this.#now = readSnapshot(folder) ?? empty
    if (readOnly) return
    mkdirSync(folder, { recursive: true })
    this.sweep()
  }

  get now(): Snapshot {
    return this.#now
  }

  /** A folder that nobody had before, for files of a stage. */
  newFolder(stage: string, run: string): string {
    this.#made += 1
    const folder = join(this.folder, stage, `${run}.${this.#made}`)
    mkdirSync(folder, { recursive: true })
    return folder
  }

  /** Makes files and ledger visible in one. */
  commit(change: Change): void {
    const merged = Object.entries(change).map(([table, rows]) => [
      table,
      { ...this.#now[table as keyof Change], ...rows },
    ])
    for (const { files } of Object.values(change.relations ?? {})) files.forEach(syncPath)
    faultPoint('step.before_commit')
    this.replace({ ...this.#now, ...Object.fromEntries(merged) })
  }

  /** Forgets the stages that are not among these. */
  keep(stages: ReadonlySet<string>): void {
    const tables = Object.entries(this.#now).map(([table, rows]) => {
      if (Array.isArray(rows)) return [table, rows]
      const kept = Object.entries(rows).filter(([name]) => stages.has(name.split('.')[0]!))
      return [table, Object.fromEntries(kept)]
    })
    const next = Object.fromEntries(tables) as Snapshot
    if (JSON.stringify(next) !== JSON.stringify(this.#now)) this.replace(next)
  }

  replace(next: Snapshot): void {
    const file = join(this.folder, 'snapshot.json')
    writeFileSync(`${file}.next`, JSON.stringify(next))
    syncPath(`${file}.next`)
    renameSync(`${file}.next`, file)
    syncPath(this.folder)
    this.#now = next
  }

  /** Removes what no relation has: what a step replaced, or what a run that was killed left. While nothing is being made. */
  sweep(): void {
    const named = new Set(Object.values(this.#now.relations).flatMap(({ files }) => files))
    for (const entry of readdirSync(this.folder, { recursive: true, withFileTypes: true })) {
      const file = join(entry.parentPath, entry.name)
      if (entry.isFile() && relative(this.folder, file) !== 'snapshot.json' && !named.has(file)) rmSync(file)
    }
  }
}
