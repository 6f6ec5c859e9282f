import { dirname } from 'node:path'
import { canonicalJson, fingerprint, SillageError } from '@sillage/base'
import type { PipelineStage } from '@sillage/pipeline'
import { type Column, connectionIdentity, placeColumns, type ReadSource, sql } from '@sillage/sdk'
import type { CompileContext } from './compile-context.ts'
import { findFiles } from './find-files.ts'
import { isReserved } from './inputs.ts'
import { shownFrom } from './shown-from.ts'
import type { FileState } from './step.ts'
import type { SourceStep } from './styles/source-step.ts'

interface ReadFacts {
  readonly stage: PipelineStage
  readonly plugin: ReadSource
  readonly context: CompileContext
}

type Declared = Pick<
  SourceStep,
  | 'select'
  | 'files'
  | 'provenance'
  | 'refused'
  | 'appended'
  | 'attach'
  | 'detected'
  | 'asked'
  | 'columns'
  | 'whole'
> & { readonly states?: readonly FileState[] }

/**
 * A source that is read batch by batch: its columns are declared, and nothing is asked of it while it is planned; files that it reads are
 * looked up. The select is that of the table into which its batches go.
 */
export async function readSource({ stage, plugin, context }: ReadFacts): Promise<Declared> {
  const identity = await connectionIdentity(stage.connection)
  const declared = plugin.columns({ config: stage.config })
  assertColumns(stage, declared)
  const nulls = declared.map(({ name, type }) => sql`cast(null as ${sql.trusted(type)}) as ${sql.id(name)}`)
  const found = await context.binder.describe({ select: sql`select ${sql.join(nulls)}`.text, relations: [] })
  const columns = declared.map((column, index) => ({ ...column, type: found[index]!.type }))
  const provenance = plugin.tellsPlaces === true && context.placesAsked.has(stage.name)
  const names = [...columns.map(({ name }) => name), ...(provenance ? placeColumns : [])].map((name) =>
    sql.id(name),
  )
  const whole = typeof plugin.whole === 'function' ? plugin.whole(stage.config) : plugin.whole === true
  return {
    select: sql`select ${sql.join(names)} from ${sql.id('step', stage.name)}`.text,
    ...(await filesOf({ stage, plugin, context }, provenance)),
    ...(whole ? { whole } : {}),
    provenance,
    refused: undefined,
    appended: undefined,
    attach: undefined,
    detected: {},
    asked: fingerprint(
      stage.plugin.hash,
      canonicalJson(stage.config),
      columns,
      ...(identity === undefined ? [] : [identity]),
      ...(provenance ? ['places'] : []),
    ),
    columns,
  }
}

async function filesOf(
  { stage, plugin, context }: ReadFacts,
  provenance: boolean,
): Promise<Pick<Declared, 'files' | 'states'>> {
  const where = plugin.files?.(stage.config)
  if (where === undefined) return { files: [] }
  const folder = dirname(context.pipeline.file)
  const files = [...(await findFiles(where, { files: context.files, folder }))].sort()
  const states = await context.files.states(files)
  const shownOf = shownFrom(context.pipeline.file)
  const shown = (index: number) => ({ shown: shownOf(files[index]!) })
  return { files, states: states.map((state, index) => ({ ...state, ...(provenance ? shown(index) : {}) })) }
}

function assertColumns(stage: Pick<PipelineStage, 'name' | 'plugin'>, columns: readonly Column[]): void {
  const names = columns.map(({ name }) => name.toLowerCase())
  const twice = columns.find(({ name }, index) => names.indexOf(name.toLowerCase()) < index)
  const reserved = columns.find(isReserved)
  if (columns.length > 0 && !twice && !reserved) return
  const what = twice
    ? `the column "${twice.name}" twice`
    : reserved
      ? `the column "${reserved.name}": names that begin with _ are the engine's`
      : 'no column'
  throw new SillageError({
    code: 'columns_invalid',
    message: `"${stage.name}" declares ${what}`,
    hint: 'name each column once, with letters before any _',
  })
}
