import type { BatchPlugin } from '@sillage/sdk'
import { carryNotes } from '../carry-notes.ts'
import { mergeColumns, userColumns } from '../inputs.ts'
import type { BatchStep } from './batch-step.ts'
import { type Compiled, commonOf, countedWarnings, type StyleFacts, storedAs } from './common.ts'

/** A step that runs in workers on the columns that it reads. */
export function compileBatch(style: StyleFacts<BatchPlugin>): Compiled<BatchStep> {
  const { stage, plugin, inputs, facts } = style
  const { config } = stage
  const shape = { config, columns: inputs.first }
  const makes = carryNotes(plugin.output(shape), inputs.first)
  const drops = plugin.drops?.({ config }) ?? []
  const rejects = plugin.rejects?.({ config }) ?? []
  return {
    ...commonOf(style),
    style: 'batch',
    rows: 'same',
    incremental: plugin.incremental,
    input: facts.input.text,
    inputColumns: inputs.first,
    reads: plugin.reads(shape),
    drops,
    makes,
    columns: mergeColumns(inputs.first, userColumns(makes), drops),
    rejects,
    provenance: inputs.provenance && (rejects.length > 0 || facts.carries),
    carries: facts.carries,
    warnings: countedWarnings(plugin.warnings?.(shape)),
    stored: storedAs(style, { always: 'it runs in workers', refuses: true }),
  }
}
