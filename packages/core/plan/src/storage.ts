import type { PipelineStage } from '@sillage/pipeline'
import type { Plugin, Rows } from '@sillage/sdk'
import type { Readers } from './graph.ts'

export interface StorageFacts {
  readonly stage: PipelineStage
  readonly plugin: Plugin
  readonly rows: Rows | undefined
  /** Why every step of its style is a table. */
  readonly always: string | undefined
  readonly refuses: boolean
  readonly warns: boolean
  readonly outputs: number
  readonly inputs: number
  /** Views that its statement would read one through the other. */
  readonly viewsBelow: number
  readonly readers: Readers
  /** What the readers do with rows, by reader. */
  readonly readerRows: readonly (Rows | undefined)[]
}

/** DuckDB binds views within views up to a depth, and each level costs more than the one before. */
const deepest = 50

/** Why a step must be a table of its own, in words for `plan`; undefined where a view will do. */
export function reasonToStore({
  stage,
  plugin,
  rows,
  always,
  refuses,
  warns,
  outputs,
  inputs,
  viewsBelow,
  readers,
  readerRows,
}: StorageFacts): string | undefined {
  if (plugin.style === 'sink') return undefined
  if (plugin.style === 'source' && 'read' in plugin) return 'it is read batch by batch'
  if (always !== undefined) return always
  if (refuses) return 'it refuses rows'
  if (warns) return 'it counts what it warns of'
  if (!stage.plugin.proven && plugin.style === 'sql')
    return 'its rows are counted: it is a plugin of the project'
  if (rows === 'filter') return 'it leaves rows out'
  if (rows === 'merge') return 'it merges rows'
  if (rows === 'group') return 'it groups rows'
  if (rows === 'expand') return 'it makes rows'
  if (outputs > 0) return 'it has further outputs'
  if (inputs > 1) return 'it reads several relations'
  if (stage.expect.length > 0) return 'it has checks'
  if (readers.checks > 0) return 'a check reads it'
  if (plugin.style === 'source' && stage.onReject === 'fail') return 'it may not refuse a line'
  const count = readers.stages.length + readers.marts
  if (count > 1) return `${count} read it`
  if (readers.marts === 1) return 'a mart shows it'
  const reader = readers.stages[0]
  if (!reader) return 'nothing else computes it'
  if (reader.plugin.style !== 'sql') return `${reader.name} is no SQL step`
  if (viewsBelow >= deepest) return `${viewsBelow} steps in a row are computed with it`
  const readerDoes = readerRows[0]
  if (plugin.style === 'source' && Object.values(reader.inputs).flat().length > 1)
    return `${reader.name} reads it beside others`
  if (plugin.style === 'source' && readerDoes !== 'same' && readerDoes !== 'group')
    return `${reader.name} does not tell how many rows it read`
  return undefined
}
