import { SillageError } from '@sillage/base'
import type { PipelineStage } from '@sillage/pipeline'
import {
  type Column,
  type Incremental,
  isInteger,
  type Rows,
  type Sql,
  type SqlPlugin,
  type SqlStep,
  sql,
} from '@sillage/sdk'
import { carryNotes } from '../carry-notes.ts'
import { configRoles } from '../config-roles.ts'
import { userColumns } from '../inputs.ts'
import { relationOf } from '../step.ts'
import {
  type Compiled,
  commonOf,
  countedWarnings,
  describe,
  kindOf,
  markPersonal,
  rowsOf,
  type StyleFacts,
  storedAs,
} from './common.ts'
import type { SqlPlanStep } from './sql-step.ts'

/** A step that is one statement, with further outputs that read what it accepted. */
export async function compileSql(style: StyleFacts<SqlPlugin>): Promise<Compiled<SqlPlanStep>> {
  const { stage, plugin, inputs, facts } = style
  const step = toStep(plugin.sql(facts))
  const rejects = step.rejects ?? []
  const warnings = countedWarnings(step.warnings)
  const all = await describe(style, step.select)
  assertReserved({ stage, rows: rowsOf(plugin, stage.config)!, rejects: rejects.length, columns: all })
  const own = all.map((column) => {
    const { values: _, ...note } = step.notes?.[column.name] ?? {}
    return { ...column, ...note }
  })
  const noted = userColumns(await markPersonal(style, step.select, { columns: own }))
  const columns = carryNotes(noted, inputs.notes)
  const outputs = await outputsOf(style, step, columns)
  return {
    ...commonOf(style),
    style: 'sql',
    rows: rowsOf(plugin, stage.config)!,
    ...incrementalOf(plugin, stage),
    select: step.select.text,
    columns,
    rejects,
    warnings,
    outputs,
    ...valuesOf(step),
    provenance: all.some((column) => column.name === '_file'),
    carries: facts.carries && all.some((column) => column.name === '_file'),
    stored: storedAs(style, {
      refuses: rejects.length > 0,
      warns: warnings.length > 0,
      outputs: Object.keys(outputs).length,
    }),
  }
}

/** What the engine counts by must be there before a run: the sizes of groups, the bits of refused rows. */
function assertReserved({
  stage,
  rows,
  rejects,
  columns,
}: {
  readonly stage: PipelineStage
  readonly rows: Rows
  readonly rejects: number
  readonly columns: readonly Column[]
}): void {
  const lacks = (name: string): boolean =>
    !columns.some((column) => column.name === name && isInteger(column.type))
  const missing = [
    ...(rows === 'group' && lacks('_rows') ? [['_rows', 'groups rows', 'count(*) as _rows']] : []),
    ...(rejects > 0 && lacks('_reject')
      ? [['_reject', 'refuses rows', 'case when … then 1 else 0 end as _reject']]
      : []),
  ][0]
  if (missing === undefined) return
  const [name, does, example] = missing
  throw new SillageError({
    code: 'reserved_column_missing',
    message: `"${stage.name}" ${does}, and its select makes no column ${name} of whole numbers`,
    hint: `its plugin wants mending: select …, ${example}`,
  })
}

function valuesOf({ notes = {} }: SqlStep): Pick<Compiled<SqlPlanStep>, 'values'> {
  const told = Object.entries(notes).flatMap(([name, { values }]) =>
    values ? [[name, values] as const] : [],
  )
  return told.length === 0 ? {} : { values: Object.fromEntries(told) }
}

function toStep(result: Sql | SqlStep): SqlStep {
  return 'select' in result ? result : { select: result }
}

async function outputsOf(
  style: StyleFacts,
  step: SqlStep,
  columns: readonly Column[],
): Promise<Compiled<SqlPlanStep>['outputs']> {
  const self = relationOf(kindOf(style.stage), style.stage.name)
  const outputs: Record<string, { select: string; columns: readonly Column[] }> = {}
  for (const [name, select] of Object.entries(step.outputs?.(sql.id(self.schema, self.table)) ?? {})) {
    const more = [{ ...self, columns }]
    const described = await describe(style, select, more)
    const made = userColumns(await markPersonal(style, select, { columns: described, more }))
    outputs[name] = { select: select.text, columns: carryNotes(made, columns) }
  }
  return outputs
}

/** A key that the plugin does not name, or that the step makes itself, tells nothing of the rows that came in. */
function incrementalOf(
  plugin: SqlPlugin,
  stage: PipelineStage,
): {
  readonly incremental: Incremental
  readonly key: readonly string[]
  readonly creates: readonly string[]
} {
  const declared =
    typeof plugin.incremental === 'function' ? plugin.incremental(stage.config) : plugin.incremental
  const creates = configRoles(stage.config, stage.plugin.config)
    .filter(({ role }) => role === 'new-column')
    .map(({ text }) => text)
  const key = declared === 'by_key' ? (plugin.key?.(stage.config) ?? []) : []
  const known = key.length > 0 && !key.some((name) => creates.includes(name))
  return { incremental: declared === 'by_key' && !known ? 'whole' : declared, key, creates }
}
