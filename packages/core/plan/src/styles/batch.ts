import { SillageError } from '@sillage/base'
import type { PipelineStage } from '@sillage/pipeline'
import type { BatchPlugin, Column } from '@sillage/sdk'
import { carryNotes } from '../carry-notes.ts'
import { type Inputs, mergeColumns, userColumns } from '../inputs.ts'
import type { BatchStep } from './batch-step.ts'
import {
  type Compiled,
  commonOf,
  countedWarnings,
  markMade,
  rowsOf,
  type StyleFacts,
  storedAs,
} from './common.ts'

/** A step that runs in workers on the columns that it reads. */
export function compileBatch(style: StyleFacts<BatchPlugin>): Compiled<BatchStep> {
  const { stage, plugin, inputs, facts } = style
  const { config } = stage
  const shape = { config, columns: inputs.first, inputs: inputs.columns }
  // A plugin of a project may say nothing of it, as all did when batches gave a row for each.
  const rows = rowsOf(plugin, config) ?? 'same'
  const makes = carryNotes(plugin.output(shape), inputs.first)
  const drops = plugin.drops?.({ config }) ?? []
  const rejects = plugin.rejects?.({ config }) ?? []
  const reads = countable(plugin.reads(shape), inputs.first)
  const incremental =
    typeof plugin.incremental === 'function' ? plugin.incremental(config) : (plugin.incremental ?? 'by_row')
  const key = incremental === 'by_key' ? (plugin.key?.(config) ?? []) : []
  const outputs = outputsOf(style, shape)
  // A group stands in no one place.
  const places = inputs.provenance && rows !== 'group'
  assertPossible(stage, { rows, key, reads, first: inputs.first, incremental })
  return {
    ...commonOf(style),
    style: 'batch',
    rows,
    incremental,
    key,
    input: facts.input.text,
    inputColumns: inputs.first,
    reads,
    beside: besideOf(style, shape),
    limits: plugin.limits?.(config) ?? {},
    drops,
    makes,
    columns: rows === 'group' ? userColumns(makes) : mergeColumns(inputs.first, userColumns(makes), drops),
    rejects,
    outputs,
    provenance: places && (rejects.length > 0 || facts.carries),
    carries: places && facts.carries,
    warnings: countedWarnings(plugin.warnings?.(shape)),
    stored: storedAs(style, { always: 'it runs in workers', refuses: true }),
  }
}

/** Rows of no column have no number: a step that reads none gets the first one. */
function countable(reads: readonly string[], columns: readonly Column[]): readonly string[] {
  return reads.length > 0 ? reads : columns.slice(0, 1).map(({ name }) => name)
}

type Shape = Parameters<BatchPlugin['reads']>[0]

function outputsOf(style: StyleFacts<BatchPlugin>, shape: Shape): Compiled<BatchStep>['outputs'] {
  const { plugin, inputs } = style
  const declared = Object.entries(plugin.outputColumns?.(shape) ?? {})
  return Object.fromEntries(
    declared.map(([name, columns]) => [
      name,
      { columns: carryNotes(markMade(columns, inputs.columns), inputs.notes) },
    ]),
  )
}

function besideOf(
  { stage, plugin, inputs, facts }: StyleFacts<BatchPlugin>,
  shape: Shape,
): Compiled<BatchStep>['beside'] {
  const asked = Object.entries(plugin.readsBeside?.(shape) ?? {})
  return Object.fromEntries(
    asked.map(([role, names]) => {
      const columns = inputs.columns[role] ?? []
      const found = named(stage, { names, columns, of: `its input "${role}"` })
      return [role, { relation: facts.relations[role]!.text, columns: found }]
    }),
  )
}

interface Asked {
  readonly names: readonly string[]
  readonly columns: readonly Column[]
  readonly of: string
}

/** Columns by their names. Throws `declaration_invalid` for one that is not there. */
function named(
  stage: Pick<PipelineStage, 'name' | 'plugin'>,
  { names, columns, of }: Asked,
): readonly Column[] {
  const known = new Map(columns.map((column) => [column.name, column]))
  return names.map((name) => {
    const column = known.get(name)
    if (column === undefined)
      throw impossible(stage, `it reads a column "${name}", which ${of} does not have`)
    return column
  })
}

function assertPossible(
  stage: Pick<PipelineStage, 'name' | 'plugin'>,
  {
    rows,
    key,
    reads,
    first,
    incremental,
  }: Pick<Compiled<BatchStep>, 'rows' | 'key' | 'reads' | 'incremental'> & {
    readonly first: Inputs['first']
  },
): void {
  named(stage, { names: reads, columns: first, of: 'its input' })
  named(stage, { names: key, columns: first, of: 'its input' })
  if (incremental === 'by_key' && key.length === 0) throw impossible(stage, 'it works by key and names none')
  if ((rows === 'group' || rows === 'merge') && key.length === 0)
    throw impossible(
      stage,
      `it does "${rows}" and names no key, so that batches would cut through its groups`,
    )
}

function impossible({ name, plugin }: Pick<PipelineStage, 'name' | 'plugin'>, what: string): SillageError {
  return new SillageError({
    code: 'declaration_invalid',
    message: `"${name}": the plugin ${plugin.name} says what cannot be: ${what}`,
    hint: 'fix the plugin',
  })
}
