import type { Column, ProgramPlugin } from '@sillage/sdk'
import { carryNotes } from '../carry-notes.ts'
import { configRoles } from '../config-roles.ts'
import { type Compiled, commonOf, markMade, rowsOf, type StyleFacts, storedAs } from './common.ts'
import type { ProgramStep } from './program-step.ts'

/** A step of code over tables of its own: its columns are what the plugin says, and the engine holds a run to them. */
export function compileProgram(style: StyleFacts<ProgramPlugin>): Compiled<ProgramStep> {
  const { stage, plugin, inputs, facts } = style
  const shape = { config: stage.config, columns: inputs.first, inputs: inputs.columns }
  const noted = (columns: readonly Column[]) => carryNotes(markMade(columns, inputs.columns), inputs.notes)
  const declared = Object.entries(plugin.outputColumns?.(shape) ?? {})
  const outputs = declared.map(([name, columns]) => [name, { columns: noted(columns) }] as const)
  return {
    ...commonOf(style),
    style: 'program',
    rows: rowsOf(plugin, stage.config)!,
    relations: Object.fromEntries(Object.entries(facts.relations).map(([role, { text }]) => [role, text])),
    inputColumns: inputs.columns,
    expressions: expressionsOf(style),
    asOf: plugin.readsAsOf ? facts.asOf : undefined,
    columns: noted(plugin.columns(shape)),
    outputs: Object.fromEntries(outputs),
    rejects: [],
    stored: storedAs(style, { always: 'it is a program', refuses: false }),
  }
}

function expressionsOf({ stage, facts }: StyleFacts): Readonly<Record<string, string>> {
  const texts = configRoles(stage.config, stage.plugin.config).flatMap(({ role, text }) =>
    role === 'expression' ? [text] : [],
  )
  return Object.fromEntries(texts.map((text) => [text, facts.expression(text).text]))
}
