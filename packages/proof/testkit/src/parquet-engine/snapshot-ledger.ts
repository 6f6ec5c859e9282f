import { existsSync } from 'node:fs'
import type { Known, Ledger } from '@sillage/ledger'
import type { Snapshot, SnapshotStore } from './snapshot.ts'

/** What a snapshot says. It has no ranges: where rows stand in files nobody asks, and every step that changed is made whole. */
export function knownOf({ relations, steps, parts, cursors }: Snapshot): Known {
  const isThere = (stage: string): boolean =>
    relations[stage]?.files.every((file) => existsSync(file)) ?? false
  return {
    steps: new Map(Object.entries(steps).filter(([stage]) => isThere(stage))),
    parts: new Map(Object.entries(parts)),
    cursors: new Map(Object.entries(cursors)),
    ranges: new Map(),
  }
}

/** The ledger that stands in the snapshot of a store. */
export class SnapshotLedger implements Ledger {
  readonly #store: SnapshotStore

  constructor(store: SnapshotStore) {
    this.#store = store
  }

  known: Ledger['known'] = async () => knownOf(this.#store.now)

  recordStep: Ledger['recordStep'] = async (step) => {
    const { now } = this.#store
    this.#store.replace({ ...now, actions: [...now.actions, step] })
  }

  recordCheck: Ledger['recordCheck'] = async (run, check) => {
    const { now } = this.#store
    this.#store.replace({ ...now, checks: [...now.checks, { ...check, run }] })
  }

  recordRejects: Ledger['recordRejects'] = async ({ run, stage, rejects }) => {
    const { now } = this.#store
    this.#store.replace({ ...now, rejects: { ...now.rejects, [stage]: { run, records: rejects } } })
  }

  lastCounts: Ledger['lastCounts'] = async () => {
    const last = new Map<string, Snapshot['actions'][number]>()
    for (const told of this.#store.now.actions)
      if (told.run >= (last.get(told.stage)?.run ?? '')) last.set(told.stage, told)
    return last
  }

  rejects: Ledger['rejects'] = async () =>
    Object.entries(this.#store.now.rejects)
      .sort(([a], [b]) => (a < b ? -1 : 1))
      .flatMap(([, { records }]) => records)

  warningsOf: Ledger['warningsOf'] = async (stage) => this.#store.now.warnings[stage] ?? []

  models: Ledger['models'] = async () => Object.values(this.#store.now.models)

  publications: Ledger['publications'] = async () => [...this.#store.now.publications].reverse()

  recordPublication: Ledger['recordPublication'] = async (publication, at) => {
    const { now } = this.#store
    const next = { ...publication, at: at.toISOString() }
    this.#store.replace({ ...now, publications: [...now.publications, next] })
  }
}
