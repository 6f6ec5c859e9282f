import type { PipelineStage } from '@sillage/pipeline'
import type { Column, CountedWarning, Plugin, Rows, Sql, SqlFacts, Stage } from '@sillage/sdk'
import type { CompileContext } from '../compile-context.ts'
import type { Inputs } from '../inputs.ts'
import { personalColumns } from '../personal-lineage.ts'
import type { ShapedRelation } from '../ports.ts'
import type { FileState, StepCommon, StepWarning } from '../step.ts'
import { reasonToStore, type StorageFacts } from '../storage.ts'

/** A step without what is told when it is whole: its parts and their fingerprint. */
export type Compiled<S extends StepCommon> = Omit<S, 'fingerprint' | 'parts'> & {
  readonly states?: readonly FileState[] | undefined
}

/** What the compiler of a style works with. */
export interface StyleFacts<P extends Plugin = Plugin> {
  readonly stage: PipelineStage
  readonly plugin: P
  readonly context: CompileContext
  readonly inputs: Inputs
  readonly facts: SqlFacts<unknown>
}

/** What steps of all styles say in the same way. */
export function commonOf({ stage }: StyleFacts) {
  return {
    stage: stage.name,
    plugin: stage.plugin.name,
    module: stage.plugin.url,
    kind: kindOf(stage),
    inputs: Object.fromEntries(
      Object.entries(stage.inputs).map(([role, list]) => [
        role,
        list.map((ref) => (ref.output === undefined ? ref.stage : `${ref.stage}.${ref.output}`)),
      ]),
    ),
    fusedInto: undefined,
    config: stage.config,
    ...(stage.connection === undefined ? {} : { connection: stage.connection }),
    expect: stage.expect,
    onReject: stage.onReject,
    tags: stage.tags,
    proven: stage.plugin.proven,
  }
}

/** Warnings with their counts as text. */
export function countedWarnings(warnings: readonly CountedWarning[] = []): readonly StepWarning[] {
  return warnings.map(({ count, ...warning }) => ({ ...warning, counts: count.text }))
}

export function kindOf({ plugin }: Pick<PipelineStage, 'plugin'>): Stage {
  return plugin.name.split('/')[0] as Stage
}

/** Why the step is a table; undefined where a view will do. */
export function storedAs(
  { stage, plugin, context }: StyleFacts,
  {
    always,
    refuses,
    warns = false,
    outputs = 0,
  }: Pick<StorageFacts, 'refuses'> & Partial<Pick<StorageFacts, 'always' | 'warns' | 'outputs'>>,
): string | undefined {
  const readers = context.readers.get(stage.name)!
  return reasonToStore({
    stage,
    plugin,
    rows: rowsOf(plugin, stage.config),
    always,
    refuses,
    warns,
    outputs,
    inputs: Object.values(stage.inputs).flat().length,
    viewsBelow: viewsBelow(stage, context),
    readers,
    readerRows: readers.stages.map((reader) => rowsOf(context.plugins.get(reader.name)!, reader.config)),
  })
}

/** How many views stand below a stage, one read through the other. */
function viewsBelow(stage: Pick<PipelineStage, 'inputs'>, { steps }: CompileContext): number {
  const depthOf = (name: string): number => {
    const step = steps.get(name)!
    if (step.stored !== undefined) return 0
    return (
      1 +
      Math.max(
        0,
        ...Object.values(step.inputs)
          .flat()
          .map((ref) => depthOf(ref.split('.')[0]!)),
      )
    )
  }
  return Math.max(
    0,
    ...Object.values(stage.inputs)
      .flat()
      .map((ref) => depthOf(ref.stage)),
  )
}

/** Columns of a select over the inputs, and over `more`, as DuckDB binds it. */
export function describe(
  { context, inputs }: StyleFacts,
  select: Sql,
  more: readonly ShapedRelation[] = [],
): Promise<readonly Column[]> {
  return context.binder.describe({ select: select.text, relations: [...inputs.shapes, ...more] })
}

/** The columns of a select with a mark on those that hold personal values of what it reads; what a column says of itself stays. */
export async function markPersonal(
  { context: { binder }, inputs }: StyleFacts,
  select: Sql,
  { columns, more = [] }: { readonly columns: readonly Column[]; readonly more?: readonly ShapedRelation[] },
): Promise<readonly Column[]> {
  const relations = [...inputs.shapes, ...more]
  if (!relations.some((relation) => relation.columns.some(({ personal }) => personal))) return columns
  const marked = await binder.remember(['personal', select.text, relations, columns], async () => {
    const tree = await binder.parseSelect(select.text)
    return personalColumns(tree, { relations, types: columns.map(({ type }) => type) }) ?? null
  })
  return columns.map((column, index) =>
    marked?.[index] && column.personal === undefined ? { ...column, personal: true } : column,
  )
}

/** What code makes of personal columns is personal, unless it says otherwise or has the name of a column that is not. */
export function markMade(columns: readonly Column[], inputs: Inputs['columns']): readonly Column[] {
  const known = Object.values(inputs).flat()
  if (!known.some(({ personal }) => personal)) return columns
  const names = new Set(known.map(({ name }) => name))
  return columns.map((column) =>
    column.personal === undefined && !names.has(column.name) ? { ...column, personal: true } : column,
  )
}

export function rowsOf(plugin: Plugin, config: unknown): Rows | undefined {
  if (!('rows' in plugin)) return undefined
  return typeof plugin.rows === 'function' ? plugin.rows(config) : plugin.rows
}
