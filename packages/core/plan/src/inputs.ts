import type { PipelineStage, StageRef } from '@sillage/pipeline'
import { type Column, type Sql, sql } from '@sillage/sdk'
import { carryNotes } from './carry-notes.ts'
import type { CompileContext } from './compile-context.ts'
import type { ShapedRelation } from './ports.ts'
import { carriesPlaces, relationOf } from './step.ts'

/** The relations that a stage reads, by role. */
export interface Inputs {
  readonly relations: Readonly<Record<string, Sql>>
  readonly columns: Readonly<Record<string, readonly Column[]>>
  /** Columns of the first role. */
  readonly first: readonly Column[]
  /** What is known of the columns that the stage makes, by name: all that the first role says, and what columns of the others mean. */
  readonly notes: readonly Column[]
  readonly shapes: readonly ShapedRelation[]
  /** True where the first input carries `_file` and `_line`. */
  readonly provenance: boolean
}

/** Several references in one role are read as one relation, united by column name. */
export async function inputRelations(stage: PipelineStage, context: CompileContext): Promise<Inputs> {
  const relations: Record<string, Sql> = {}
  const columns: Record<string, readonly Column[]> = {}
  const shapes: ShapedRelation[] = []
  let provenance = false
  for (const [index, [role, refs]] of Object.entries(stage.inputs).entries()) {
    const parts = refs.map((ref) => shapeOf(ref, context))
    shapes.push(...parts.map((part) => part.shape))
    relations[role] =
      parts.length === 1
        ? name(parts[0]!.shape)
        : sql`(${sql.join(
            parts.map((part) => sql`select * from ${name(part.shape)}`),
            ' union all by name ',
          )})`
    columns[role] =
      parts.length === 1
        ? userColumns(parts[0]!.shape.columns)
        : unitedNotes(
            userColumns(
              await context.binder.describe({
                select: `select * from ${relations[role]!.text}`,
                relations: parts.map((part) => part.shape),
              }),
            ),
            parts.map((part) => part.shape.columns),
          )
    // United by name: rows of a part that does not say where they stand have nulls.
    if (index === 0) provenance = parts.some((part) => part.provenance)
  }
  const [first = [], ...others] = Object.values(columns)
  return { relations, columns, first, notes: [...others.flatMap(meant), ...first], shapes, provenance }
}

/** Columns that mean something, with nothing else that they say of themselves. */
function meant(columns: readonly Column[]): readonly Column[] {
  return columns.flatMap(({ name, type, meaning }) =>
    meaning === undefined ? [] : [{ name, type, meaning }],
  )
}

/** The comment of the first relation that has one; personal where one of them is. */
function unitedNotes(columns: readonly Column[], parts: readonly (readonly Column[])[]): readonly Column[] {
  const personal = new Set(parts.flat().flatMap((column) => (column.personal ? [column.name] : [])))
  const marked = columns.map((column) => (personal.has(column.name) ? { ...column, personal: true } : column))
  return parts.reduce(carryNotes, marked)
}

export function isReserved(column: Column): boolean {
  return column.name.startsWith('_')
}

export function userColumns(columns: readonly Column[]): readonly Column[] {
  return columns.filter((column) => !isReserved(column))
}

/** A made column of an input's name takes its place; the rest follow. */
export function mergeColumns(
  columns: readonly Column[],
  makes: readonly Column[],
  drops: readonly string[],
): readonly Column[] {
  const made = new Map(makes.map((column) => [column.name, column]))
  const kept = columns
    .filter((column) => !drops.includes(column.name) && !isReserved(column))
    .map((column) => made.get(column.name) ?? column)
  return [...kept, ...makes.filter((column) => !kept.some((other) => other.name === column.name))]
}

const provenanceColumns: readonly Column[] = [
  { name: '_file', type: 'VARCHAR' },
  { name: '_line', type: 'BIGINT' },
]

function shapeOf(
  ref: StageRef,
  { steps }: CompileContext,
): { readonly shape: ShapedRelation; readonly provenance: boolean } {
  const step = steps.get(ref.stage)!
  const provenance = carriesPlaces(step) && ref.output === undefined
  const columns = ref.output === undefined ? step.columns : (step.outputs?.[ref.output]?.columns ?? [])
  return {
    shape: {
      ...relationOf(step.kind, ref.stage, ref.output),
      columns: provenance ? [...columns, ...provenanceColumns] : columns,
    },
    provenance,
  }
}

function name({ schema, table }: ShapedRelation): Sql {
  return sql.id(schema, table)
}
