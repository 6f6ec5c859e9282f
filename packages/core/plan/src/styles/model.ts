import { type ModelPlugin, sql } from '@sillage/sdk'
import { carryNotes } from '../carry-notes.ts'
import { mergeColumns, userColumns } from '../inputs.ts'
import { type Compiled, commonOf, countedWarnings, describe, type StyleFacts, storedAs } from './common.ts'
import type { ModelStep } from './model-step.ts'

/** A step that fits a model on what its statistics tell, and applies it to its units. */
export async function compileModel(style: StyleFacts<ModelPlugin>): Promise<Compiled<ModelStep>> {
  const { stage, plugin, inputs, facts } = style
  const { config } = stage
  const units = plugin.units(facts)
  const all = await describe(style, units)
  const unitColumns = carryNotes(userColumns(all), inputs.first)
  const shape = { schema: 'step', table: `${stage.name}.units`, columns: all }
  const statistics = plugin.statistics({
    ...facts,
    asOf: facts.asOf,
    asOfSql: facts.asOfSql,
    units: sql.id(shape.schema, shape.table),
  })
  await describe(style, statistics, [shape])
  const makes = plugin.output({ config })
  return {
    ...commonOf(style),
    style: 'model',
    rows: plugin.rows,
    units: units.text,
    unitColumns,
    statistics: statistics.text,
    reads: plugin.reads({ config }),
    makes,
    unitWarnings: countedWarnings(plugin.warnings?.(facts)),
    asOf: facts.asOf,
    columns: mergeColumns(unitColumns, makes, []),
    rejects: [],
    stored: storedAs(style, { always: 'it is a model', refuses: false }),
  }
}
