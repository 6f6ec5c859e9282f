import { faultPoint, fingerprint } from '@sillage/base'
import { deliveredOf } from '@sillage/deliver'
import { type MartTable, publishMart } from '@sillage/duckdb'
import { currentVersion, isReadable, listVersions, martPath } from '@sillage/ledger'
import type { PipelineMart, Step } from '@sillage/plan'
import { type Column, type Sql, sql } from '@sillage/sdk'
import { columnRoles } from './column-roles.ts'
import type { RunContext } from './context.ts'
import { noteCurrent, orphansOf, publications } from './orphans.ts'
import { referenceSql } from './relations.ts'
import { haveSameRows } from './same-rows.ts'
import { sectionTables } from './section-tables.ts'

/** What the schema `sillage` of a mart holds: a version of an older one is published anew. */
const format = 4

/**
 * Publishes the marts in one new version, unless the published one already shows the same steps and can be opened, or they were rolled back
 * since: then the version that readers see stays. Gives that version where it was rolled back to.
 */
export async function publish(context: RunContext): Promise<string | undefined> {
  const { plan, session, run, paths, options } = context
  if (plan.marts.length === 0) return undefined
  const print = fingerprint(
    format,
    plan.marts,
    plan.marts.map((mart) => context.steps.get(mart.from.stage)!.fingerprint),
    plan.description,
    plan.asOf ?? null,
    plan.steps.map((step) => step.expect),
    Object.fromEntries(Object.entries(plan.sections).map(([key, { value }]) => [key, value])),
    await toldOf(context),
  )
  const tables = plan.marts.map((mart) => martTable(mart, context))
  if ((await isPublished(context, print)) && (await hasSameRows(context, tables)))
    return await heldBack(context)
  await noteCurrent(session, { paths, pipeline: plan.pipeline, now: options.now() })
  const runs = listVersions(paths.marts, plan.pipeline).map((version) => version.run)
  const sections = sectionTables(plan.sections)
  const mart = await publishMart({
    session,
    folder: paths.marts,
    pipeline: plan.pipeline,
    run,
    tables,
    about: { ...aboutTables(context, tables, print), ...sections.about },
    comments: sections.comments,
    keep: plan.keep,
    orphans: await orphansOf(session, { runs, paths, pipeline: plan.pipeline }),
  })
  await session.run(
    sql`insert into sillage.publications values (${run}, ${print}, ${currentVersion(paths.marts, plan.pipeline)!}, 'publish', ${context.options.now()})`
      .text,
  )
  faultPoint('publish.after_ledger')
  const rows = Object.fromEntries(
    plan.marts.map((one) => [one.name, context.rows.get(referenceOf(one)) ?? 0]),
  )
  context.journal({ event: 'published', mart, tables: rows })
  options.onEvent({ kind: 'published', mart })
  return undefined
}

/** What a mart tells beside its tables: the stages, of which it need not read all, the rows that they refused, and what they warn of. */
async function toldOf({ plan, session, warnings }: RunContext): Promise<unknown> {
  const told = plan.steps.filter((step) => step.style !== 'sink')
  const refused = await session.rows(
    'select stage, code, column_name, message, rows from sillage.rejects order by all',
  )
  return [told.map(({ stage, plugin, fingerprint }) => [stage, plugin, fingerprint]), refused, warnings]
}

/** Says so where readers see an older version than the last one that was published. */
async function heldBack({ session, paths, plan, journal, options }: RunContext): Promise<string | undefined> {
  const [last] = await publications(session)
  const versions = listVersions(paths.marts, plan.pipeline)
  const shown = versions.find((version) => version.current)
  if (last?.action !== 'rollback' || !shown || shown === versions.at(-1)) return undefined
  const mart = martPath(paths.marts, plan.pipeline)
  journal({ event: 'held_back', mart, version: shown.run })
  options.onEvent({ kind: 'held_back', mart, version: shown.run })
  return shown.run
}

async function isPublished({ session, paths, plan }: RunContext, print: string): Promise<boolean> {
  const [last] = await publications(session)
  return (
    last?.fingerprint === print &&
    currentVersion(paths.marts, plan.pipeline) === last.path &&
    martPath(paths.marts, plan.pipeline) !== last.path &&
    (await isReadable(session, last.path))
  )
}

/**
 * Where all was made anew though nothing is known to have changed, the rows themselves are compared with those that were published last,
 * whatever readers were rolled back to since.
 */
async function hasSameRows({ session, options }: RunContext, tables: readonly MartTable[]): Promise<boolean> {
  if (!options.fullRefresh) return true
  const last = (await publications(session)).find(({ action }) => action !== 'rollback')
  if (last === undefined || !(await isReadable(session, last.path))) return true
  return await haveSameRows(session, { version: last.path, tables })
}

export function referenceOf({ from }: PipelineMart): string {
  return from.output === undefined ? from.stage : `${from.stage}.${from.output}`
}

export function martColumns(mart: PipelineMart, step: Step): readonly Column[] {
  const columns =
    mart.from.output === undefined
      ? step.columns
      : step.style === 'sql'
        ? step.outputs[mart.from.output]!.columns
        : []
  return columns.map((column) => {
    const { description, personal, meaning } = mart.columns[column.name] ?? {}
    return {
      ...column,
      ...(description === undefined ? {} : { comment: description }),
      ...(personal === undefined ? {} : { personal }),
      ...(meaning === undefined ? {} : { meaning }),
    }
  })
}

function martTable(mart: PipelineMart, { steps }: RunContext): MartTable {
  return {
    name: mart.name,
    relation: referenceSql(referenceOf(mart), steps),
    columns: martColumns(mart, steps.get(mart.from.stage)!),
    comment: mart.description,
  }
}

/** The schema `sillage` of a mart: where its figures come from. */
function aboutTables(
  context: RunContext,
  tables: readonly MartTable[],
  print: string,
): Readonly<Record<string, Sql>> {
  const { plan, run } = context
  const roles = columnRoles(plan.steps)
  const marts = new Map(plan.marts.map((mart) => [mart.name, mart]))
  const values = (
    rows: readonly (readonly (string | number | boolean | null)[])[],
    names: readonly string[],
  ): Sql => {
    const shape = sql.join(names.map((name) => sql.id(name)))
    if (rows.length === 0)
      return sql`select * from (values (${sql.join(names.map(() => sql`null::varchar`))})) t(${shape}) where false`
    return sql`select * from (values ${sql.join(rows.map((row) => sql`(${sql.join(row.map((value) => sql.literal(value)))})`))}) t(${shape})`
  }
  const columns = tables.flatMap((table) =>
    table.columns.map((column) => [
      table.name,
      column.name,
      column.type,
      column.comment ?? null,
      column.personal ?? false,
      marts.get(table.name)!.key.includes(column.name),
      roles.get(marts.get(table.name)!.from.stage)?.get(column.name) ?? null,
      column.meaning ?? null,
    ]),
  )
  const lineage = plan.steps.flatMap((step) => {
    const inputs = Object.entries(step.inputs).flatMap(([role, references]) =>
      references.map((reference) => [step.stage, step.plugin, role, reference]),
    )
    return inputs.length > 0 ? inputs : [[step.stage, step.plugin, null, null]]
  })
  const models = plan.steps.flatMap((step) => (step.style === 'model' ? [step.stage] : []))
  const asOf = plan.asOf === undefined ? sql`null::date` : sql.date(plan.asOf)
  return {
    runs: sql`select ${run} as run, ${plan.pipeline} as pipeline, ${plan.description ?? null}::varchar as description, ${asOf} as as_of, ${context.options.now()} as published_at, ${print} as fingerprint`,
    steps: sql`select ${sql.id('stage')}, plugin, action, rows_in, rows_out, rejected, merged, filtered, seconds from (values ${sql.join(context.results.map((step) => sql`(${step.stage}, ${step.plugin}, ${step.action}, ${step.rows_in}::bigint, ${step.rows_out}, ${step.rejected}, ${step.merged}, ${step.filtered}, ${step.seconds}::double)`))}) t(stage, plugin, action, rows_in, rows_out, rejected, merged, filtered, seconds)`,
    checks: sql`select stage, "check", status, severity, found from sillage.checks where run = ${run}`,
    rejects: sql`select stage, code, column_name, message, rows from sillage.rejects order by stage, rows desc, code, column_name`,
    deliveries: sql`select stage, destination, rows::bigint as rows, removed::bigint as removed, refused::bigint as refused, messages::bigint as messages, status, run, "at"::timestamp as "at" from (${values(
      deliveredOf(context.state, plan.pipeline).map((one) => [
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
      ['stage', 'destination', 'rows', 'removed', 'refused', 'messages', 'status', 'run', 'at'],
    )})`,
    warnings: sql`select * replace (${sql.id('count')}::bigint as ${sql.id('count')}) from (${values(
      context.warnings.map(({ stage, code, message, hint = null, count = null }) => [
        stage,
        code,
        message,
        hint,
        count,
      ]),
      ['stage', 'code', 'message', 'hint', 'count'],
    )})`,
    columns: sql`select * replace (comment::varchar as comment, ${sql.id('key')}::boolean as ${sql.id('key')}, role::varchar as role, meaning::varchar as meaning) from (${values(columns, ['table_name', 'column_name', 'type', 'comment', 'personal', 'key', 'role', 'meaning'])})`,
    marts: values(
      plan.marts.map((mart) => [mart.name, mart.from.stage, referenceOf(mart)]),
      ['table_name', 'stage', 'reads'],
    ),
    models: sql`select stage, run, model from sillage.models where list_contains(${sql.list(models)}, stage) order by stage`,
    lineage: values(lineage, ['stage', 'plugin', 'role', 'reads']),
  }
}
