import { exitCode, SillageError } from '@sillage/base'
import { type Column, isInteger } from '@sillage/sdk'
import { type MadeRows, type ProgramWork, stepTable } from '@sillage/steps'
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
  const needed = step.rows === 'group' ? ['_rows'] : []
  await assertDeclared(step, { select, declared: step.columns, needed }, shop)
  for (const [output, { columns: declared }] of Object.entries(step.outputs))
    await assertDeclared(step, { select: outputs[output], declared, needed: [], output }, shop)
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

interface Declared {
  readonly select: string | undefined
  readonly declared: readonly Column[]
  /** Whole numbers by which the engine counts. */
  readonly needed: readonly string[]
  readonly output?: string
}

async function assertDeclared(
  { stage, plugin }: ProgramWork['step'],
  { select, declared, needed, output }: Declared,
  { session }: Workshop,
): Promise<void> {
  const what = output === undefined ? 'its rows' : `its output "${output}"`
  if (select === undefined) throw notDeclared({ stage, plugin, found: `no select for ${what}` })
  const found = await session.rows<{ column_name: string; column_type: string }>(`describe ${select}`)
  const types = new Map(found.map((column) => [column.column_name, column.column_type]))
  for (const { name, type } of declared)
    if (types.get(name) !== type)
      throw notDeclared({
        stage,
        plugin,
        found: `${what} have ${types.has(name) ? `"${name}" as ${types.get(name)}` : `no column "${name}"`} where ${type} is declared`,
      })
  for (const name of needed)
    if (!isInteger(types.get(name) ?? ''))
      throw notDeclared({
        stage,
        plugin,
        found: `${what} have no column ${name} of whole numbers, and it groups rows`,
      })
  const names = new Set(declared.map(({ name }) => name))
  const more = [...types.keys()].find((name) => !names.has(name) && !name.startsWith('_'))
  if (more !== undefined)
    throw notDeclared({ stage, plugin, found: `${what} have "${more}", which is not declared` })
}

function notDeclared({
  stage,
  plugin,
  found,
}: {
  readonly stage: string
  readonly plugin: string
  readonly found: string
}): SillageError {
  return new SillageError({
    code: 'plugin_output',
    message: `plugin ${plugin} gave what it did not declare: ${found}`,
    hint: 'mend the plugin',
    exit: exitCode.failed,
    facts: { stage, plugin },
  })
}
