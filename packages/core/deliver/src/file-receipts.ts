import { existsSync, readdirSync } from 'node:fs'
import { join, relative, resolve } from 'node:path'
import { openState, type StateRecord } from '@sillage/state'
import type { DeliverPort } from './deliver-port.ts'

/** That a file was written: where, seen from the project, and what it held. */
export interface FileReceipt extends StateRecord {
  readonly stage: string
  readonly run: string
  readonly file: string
  readonly sha256: string
  /** Of the step that made it; absent in receipts of older versions. */
  readonly fingerprint?: string
  readonly rows: number
  readonly bytes?: number
  readonly sent_at: string
}

export function isFileReceipt(record: StateRecord): record is FileReceipt {
  return typeof record.file === 'string' && typeof record.sha256 === 'string'
}

/** The last receipt of each file of a pipeline, by absolute path. */
export function lastFileReceipts({
  plan,
  state,
}: Pick<DeliverPort, 'plan' | 'state'>): ReadonlyMap<string, FileReceipt> {
  const found = new Map<string, FileReceipt>()
  for (const record of state.read('receipts', plan.pipeline))
    if (isFileReceipt(record)) found.set(resolve(plan.project, record.file), record)
  return found
}

/** True where some pipeline of the project, in some environment, wrote the file. */
export function wasWrittenHere(path: string, { plan }: Pick<DeliverPort, 'plan'>): boolean {
  const file = relative(plan.project, path)
  const folders = new Set([plan.places.state, plan.places.suppressions])
  const usual = join(plan.project, 'state')
  for (const name of namesIn(usual)) if (name.startsWith('@')) folders.add(join(usual, name))
  for (const folder of folders)
    for (const pipeline of namesIn(join(folder, 'receipts')))
      for (const record of openState(folder).read('receipts', pipeline))
        if (isFileReceipt(record) && record.file === file) return true
  return false
}

function namesIn(folder: string): readonly string[] {
  return existsSync(folder) ? readdirSync(folder) : []
}
