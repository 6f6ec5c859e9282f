import { exitCode, SillageError } from '@sillage/base'
import type { ProgramStep } from '@sillage/plan'
import { type Column, isInteger } from '@sillage/sdk'
import type { Session } from '@sillage/sql'
import type { ProgramStatements } from '@sillage/workers'

type Declaring = Pick<ProgramStep, 'stage' | 'plugin' | 'rows' | 'columns' | 'outputs'>

/** Holds the statements of a program to the columns that it declares. Throws `plugin_output`. */
export async function assertDeclared(
  session: Session,
  step: Declaring,
  { select, outputs }: ProgramStatements,
): Promise<void> {
  const needed = step.rows === 'group' ? ['_rows'] : []
  await assertColumns(session, step, { select, declared: step.columns, needed })
  for (const [output, { columns: declared }] of Object.entries(step.outputs))
    await assertColumns(session, step, { select: outputs[output], declared, needed: [], output })
}

interface Declared {
  readonly select: string | undefined
  readonly declared: readonly Column[]
  /** Whole numbers by which the engine counts. */
  readonly needed: readonly string[]
  readonly output?: string
}

async function assertColumns(
  session: Session,
  { stage, plugin }: Declaring,
  { select, declared, needed, output }: Declared,
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
    hint: 'fix the plugin',
    exit: exitCode.failed,
    facts: { stage, plugin },
  })
}
