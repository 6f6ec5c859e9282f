import { configRoles, type PipelineStage, type Step } from '@sillage/plan'
import type { DatasetName } from './event.ts'

/** A relation that a step reads, under one of its references. */
export interface ReadRelation {
  readonly dataset: DatasetName
  readonly columns: ReadonlySet<string>
}

export interface LineageFacts {
  readonly step: Step
  readonly stage: PipelineStage
  /** The relations of each role, in the order of the roles. */
  readonly inputs: Readonly<Record<string, readonly ReadRelation[]>>
  /** The columns that an expression names, by its text. */
  readonly expressions: ReadonlyMap<string, readonly string[]>
}

interface InputField extends DatasetName {
  readonly field: string
  readonly transformations: readonly {
    readonly type: 'DIRECT'
    readonly subtype: 'IDENTITY' | 'TRANSFORMATION'
  }[]
}

export type ColumnLineage = Readonly<Record<string, { readonly inputFields: readonly InputField[] }>>

/** What a column is made from: columns of one input, by name. */
interface Origin {
  readonly columns: readonly string[]
  /** The first input unless said. */
  readonly input: string | undefined
  readonly subtype: 'IDENTITY' | 'TRANSFORMATION'
}

/**
 * Of each column of a step the columns that it comes from: what is passed on, and what the configuration says of the new ones. A column of
 * which neither tells is left out, and so is all that a plugin of the project itself might do otherwise than it says.
 */
export function columnLineage(facts: LineageFacts): ColumnLineage {
  const { step, inputs } = facts
  if (!step.proven) return {}
  const made = madeColumns(facts)
  const passes = passesOn(step)
  const fields = step.columns.flatMap(({ name }) => {
    const origin = made.get(name) ?? (passes(name) ? passed(name) : undefined)
    const found = origin === undefined ? [] : inputFields(origin, inputs)
    return found.length === 0 ? [] : [[name, { inputFields: found }] as const]
  })
  return Object.fromEntries(fields)
}

function passed(name: string): Origin {
  return { columns: [name], input: undefined, subtype: 'IDENTITY' }
}

/** Whether a column of the input's name leaves the step as it came. */
function passesOn(step: Step): (name: string) => boolean {
  switch (step.style) {
    case 'sql': {
      const made = new Set(step.creates)
      return (name) => !made.has(name)
    }
    case 'batch': {
      const made = new Set(step.makes.map(({ name }) => name))
      return (name) => !made.has(name)
    }
    case 'model': {
      const units = new Set(step.rows === 'same' ? step.unitColumns.map(({ name }) => name) : [])
      const made = new Set(step.makes.map(({ name }) => name))
      return (name) => units.has(name) && !made.has(name)
    }
    default:
      return () => false
  }
}

/** New columns of which the configuration names the origin beside them; undefined where it does not. */
function madeColumns({ stage, expressions }: LineageFacts): ReadonlyMap<string, Origin | undefined> {
  const values = configRoles(stage.config, stage.plugin.config)
  const made = new Map<string, Origin | undefined>()
  for (const { role, text, isKey, path, input } of values) {
    if (role !== 'new-column') continue
    if (!isKey) {
      made.set(text, undefined)
      continue
    }
    const places = [JSON.stringify(path), JSON.stringify([...path, 'from'])]
    const beside = values.filter((value) => !value.isKey && places.includes(JSON.stringify(value.path)))
    const column = beside.find((value) => value.role === 'column')
    const expression = beside.find((value) => value.role === 'expression')
    if (column)
      made.set(text, { columns: [column.text], input: column.input ?? input, subtype: 'TRANSFORMATION' })
    else if (expression) {
      const named = expressions.get(expression.text) ?? []
      const isPlain = named.length === 1 && expression.text.trim() === named[0]
      made.set(text, {
        columns: named,
        input: expression.input ?? input,
        subtype: isPlain ? 'IDENTITY' : 'TRANSFORMATION',
      })
    } else made.set(text, { columns: [text], input, subtype: 'TRANSFORMATION' })
  }
  return made
}

function inputFields(
  { columns, input, subtype }: Origin,
  inputs: LineageFacts['inputs'],
): readonly InputField[] {
  const relations = (input === undefined ? Object.values(inputs)[0] : inputs[input]) ?? []
  return relations.flatMap(({ dataset, columns: own }) =>
    [...new Set(columns)]
      .filter((column) => own.has(column))
      .map((field) => ({ ...dataset, field, transformations: [{ type: 'DIRECT' as const, subtype }] })),
  )
}
