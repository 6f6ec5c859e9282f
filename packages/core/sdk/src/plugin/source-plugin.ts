import type { ReadSource } from './read-source.ts'
import type { ScanSource } from './scan-source.ts'

export type SourcePlugin<C = unknown, O = unknown> = ScanSource<C, O> | ReadSource<C, O>

/** A source that DuckDB reads by itself (`scan`), or one that is read batch by batch from where the last run ended (`read`). */
export function defineSource<C, O = unknown>(plugin: Omit<ScanSource<C, O>, 'style'>): ScanSource<C, O>
export function defineSource<C, O = unknown>(plugin: Omit<ReadSource<C, O>, 'style'>): ReadSource<C, O>
export function defineSource<C, O>(
  plugin: Omit<ScanSource<C, O>, 'style'> | Omit<ReadSource<C, O>, 'style'>,
): SourcePlugin<C, O> {
  return Object.freeze({ style: 'source', ...plugin })
}
