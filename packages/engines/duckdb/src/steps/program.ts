import { assertDeclared, type MadeRows, type ProgramWork, stepTable } from '@sillage/steps'
import type { ProgramStatements } from '@sillage/workers'
import { storeOutputs } from './outputs.ts'
import { ProgramStore } from './program-store.ts'
import type { Workshop } from './workshop.ts'

/** Before the transaction of a program: it runs over its own tables, which a run that is killed leaves for the next one. */
export async function runProgram({ step, run }: ProgramWork, shop: Workshop): Promise<ProgramStatements> {
  await using store = await ProgramStore.open(step, shop)
  return await run(store)
}

/** Keeps the rows of a program and of its further outputs, held to the columns that it declares; its own tables go with the same commit. */
export async function makeProgram(
  step: ProgramWork['step'],
  { select, outputs }: ProgramStatements,
  shop: Workshop,
): Promise<MadeRows> {
  const { session } = shop
  const table = stepTable(step.stage).text
  await assertDeclared(session, step, { select, outputs })
  await session.run(`create or replace table ${table} as\n${select}`)
  const grouped = step.rows === 'group' ? 'coalesce(sum(_rows), 0)::bigint' : 'null'
  const row = await session.row<{ accepted: number; grouped: number | null }>(
    `select count(*) as accepted, ${grouped} as grouped from ${table}`,
  )
  const made = await storeOutputs(step, outputs, shop)
  await ProgramStore.remove(step, shop)
  return {
    read: undefined,
    accepted: row.accepted,
    refused: 0,
    grouped: row.grouped ?? undefined,
    keptOut: 0,
    outputs: made,
  }
}
