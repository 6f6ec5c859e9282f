import { join } from 'node:path'
import { ProgramStore } from '@sillage/duckdb/programs'
import { assertDeclared, measureRows, type ProgramWork, stepTable } from '@sillage/steps'
import type { ProgramStatements } from '@sillage/workers'
import { selectRows } from './parquet-rows.ts'
import { storeOutputs } from './select.ts'
import { named, storeRows } from './store-rows.ts'
import type { Making, Workshop } from './workshop.ts'

/** Before the transaction of a program: its own tables are kept in the database beside the views, until a snapshot names its rows. */
export async function runProgram({ step, run }: ProgramWork, shop: Workshop): Promise<ProgramStatements> {
  await using store = await ProgramStore.open(step, shop)
  return await run(store)
}

/** Stores what the statements of a program give: one partition, since only they know how its rows belong together. */
export async function makeProgram(
  { step }: ProgramWork,
  { statements, folder }: { readonly statements: ProgramStatements; readonly folder: string },
  shop: Workshop,
): Promise<Making> {
  const { session } = shop
  await assertDeclared(session, step, statements)
  const rows = await storeRows(statements.select, join(folder, '0.parquet'), shop)
  await session.run(`create or replace view ${stepTable(step.stage).text} as ${selectRows(rows).text}`)
  const measured = await measureRows(session, step)
  const { outputs, relations } = await storeOutputs(step, { selects: statements.outputs, rows, folder }, shop)
  return {
    rows: { ...measured, outputs },
    change: { relations: { ...relations, [step.stage]: named(rows, shop) } },
    committed: async () => await ProgramStore.remove(step, shop),
  }
}
