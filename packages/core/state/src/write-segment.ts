import { closeSync, fsyncSync, openSync, renameSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { faultPoint, makeDurably, syncPath } from '@sillage/base'
import { lineVersion, partial, type StateRecord } from './segment.ts'

/** Writes a segment under a temporary name, flushes it, renames it, flushes its folder: it is there whole, or not at all. */
export function writeSegment({
  folder,
  name,
  records,
}: {
  readonly folder: string
  readonly name: string
  readonly records: readonly StateRecord[]
}): void {
  makeDurably(folder)
  const temporary = join(folder, `${name}${partial}`)
  const handle = openSync(temporary, 'wx', 0o600)
  try {
    const lines = [...records, { end: records.length }].map((one) =>
      JSON.stringify({ v: lineVersion, ...one }),
    )
    writeFileSync(handle, `${lines.join('\n')}\n`)
    faultPoint('state.before_sync')
    fsyncSync(handle)
  } finally {
    closeSync(handle)
  }
  faultPoint('state.before_rename')
  renameSync(temporary, join(folder, name))
  syncPath(folder)
  faultPoint('state.after_rename')
}
