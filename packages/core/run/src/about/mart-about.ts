import type { AboutTable, MartTable } from '@sillage/ledger'
import type { Run } from '../run.ts'
import { deliveriesTable, modelsTable, rejectsTable } from './kept-tables.ts'
import { columnsTable, lineageTable, martsTable } from './planned-tables.ts'
import { checksTable, runsTable, stepsTable, warningsTable } from './told-tables.ts'

/** The schema `sillage` of a mart: where its figures come from. */
export async function martAbout(
  { tables, print }: { readonly tables: readonly MartTable[]; readonly print: string },
  run: Run,
): Promise<readonly AboutTable[]> {
  const { plan, told, working } = run
  return [
    runsTable(run, print),
    stepsTable(told),
    checksTable(told),
    await rejectsTable(working),
    deliveriesTable(run),
    warningsTable(told),
    columnsTable(tables, plan),
    martsTable(plan),
    await modelsTable(run),
    lineageTable(plan),
  ]
}
