import { deliveredOf } from '@sillage/deliver'
import type { AboutTable, AboutValue, MartTable } from '@sillage/ledger'
import type { PipelineMart } from '@sillage/plan'
import { columnRoles } from './column-roles.ts'
import { referenceOf } from './mart-table.ts'
import type { Run } from './run.ts'

/** The schema `sillage` of a mart: where its figures come from. */
export async function martAbout(
  { tables, print }: { readonly tables: readonly MartTable[]; readonly print: string },
  run: Run,
): Promise<readonly AboutTable[]> {
  const { plan, told, working, files } = run
  return [
    {
      name: 'runs',
      columns: columns('run pipeline description as_of:date published_at:timestamp fingerprint'),
      rows: [[run.id, plan.pipeline, plan.description ?? null, plan.asOf ?? null, run.options.now(), print]],
    },
    {
      name: 'steps',
      columns: columns(
        'stage plugin action rows_in:bigint rows_out:bigint rejected:bigint merged:bigint filtered:bigint seconds:double',
      ),
      rows: told.steps.map((step) => [
        step.stage,
        step.plugin,
        step.action,
        step.rows_in,
        step.rows_out,
        step.rejected,
        step.merged,
        step.filtered,
        step.seconds,
      ]),
    },
    {
      name: 'checks',
      columns: columns('stage check status severity found:double'),
      rows: told.checks.map(({ stage, check, status, severity, found }) => [
        stage,
        check,
        status,
        severity,
        found,
      ]),
    },
    {
      name: 'rejects',
      columns: columns('stage code column_name message rows:bigint'),
      rows: await rejectRows(run),
    },
    {
      name: 'deliveries',
      columns: columns(
        'stage destination rows:bigint removed:bigint refused:bigint messages:bigint status run at:timestamp',
      ),
      rows: deliveredOf(files.state, plan.pipeline).map((one) => [
        one.stage,
        one.destination,
        one.rows,
        one.removed,
        one.refused,
        one.messages,
        one.status,
        one.run,
        one.at,
      ]),
    },
    {
      name: 'warnings',
      columns: columns('stage code message hint count:bigint'),
      rows: told.warnings.map(({ stage, code, message, hint = null, count = null }) => [
        stage,
        code,
        message,
        hint,
        count,
      ]),
    },
    {
      name: 'columns',
      columns: columns('table_name column_name type comment personal:boolean key:boolean role meaning'),
      rows: columnRows(tables, plan),
    },
    {
      name: 'marts',
      columns: columns('table_name stage reads'),
      rows: plan.marts.map((mart) => [mart.name, mart.from.stage, referenceOf(mart)]),
    },
    {
      name: 'models',
      columns: columns('stage run model'),
      rows: modelRows(await working.ledger.models(), plan),
    },
    { name: 'lineage', columns: columns('stage plugin role reads'), rows: lineageRows(plan) },
  ]
}

/** Columns from words: `name`, or `name:type`; text unless said. */
function columns(words: string): AboutTable['columns'] {
  return words.split(' ').map((word) => {
    const [name, type = 'varchar'] = word.split(':')
    return { name: name!, type: type.toUpperCase() }
  })
}

type Rows = readonly (readonly AboutValue[])[]

/** The most frequent reasons of a stage first. */
async function rejectRows({ working }: Pick<Run, 'working'>): Promise<Rows> {
  const order = (value: string | null): string => value ?? '\uffff'
  const rejects = [...(await working.ledger.rejects())].sort(
    (a, b) =>
      compare(a.stage, b.stage) ||
      b.rows - a.rows ||
      compare(a.code, b.code) ||
      compare(order(a.column_name), order(b.column_name)),
  )
  return rejects.map(({ stage, code, column_name, message, rows }) => [
    stage,
    code,
    column_name,
    message,
    rows,
  ])
}

function compare(a: string, b: string): number {
  return a < b ? -1 : a > b ? 1 : 0
}

function columnRows(tables: readonly MartTable[], plan: Pick<Run['plan'], 'steps' | 'marts'>): Rows {
  const roles = columnRoles(plan.steps)
  const marts = new Map<string, PipelineMart>(plan.marts.map((mart) => [mart.name, mart]))
  return tables.flatMap((table) =>
    table.columns.map((column) => {
      const { from, key } = marts.get(table.name)!
      return [
        table.name,
        column.name,
        column.type,
        column.comment ?? null,
        column.personal ?? false,
        key.includes(column.name),
        roles.get(from.stage)?.get(column.name) ?? null,
        column.meaning ?? null,
      ]
    }),
  )
}

function modelRows(
  models: readonly { readonly stage: string; readonly run: string; readonly model: string }[],
  { steps }: Pick<Run['plan'], 'steps'>,
): Rows {
  const stages = new Set(steps.flatMap((step) => (step.style === 'model' ? [step.stage] : [])))
  return models.flatMap(({ stage, run, model }) => (stages.has(stage) ? [[stage, run, model]] : []))
}

function lineageRows({ steps }: Pick<Run['plan'], 'steps'>): Rows {
  return steps.flatMap(({ stage, plugin, inputs }) => {
    const rows = Object.entries(inputs).flatMap(([role, references]) =>
      references.map((reference) => [stage, plugin, role, reference]),
    )
    return rows.length > 0 ? rows : [[stage, plugin, null, null]]
  })
}
