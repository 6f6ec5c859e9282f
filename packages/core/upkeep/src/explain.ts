import { exitCode, SillageError } from '@sillage/base'
import type { Kept, KeptRelation } from '@sillage/ledger'
import { type Pipeline, type PipelineStage, relationOf, relationSql, type StepParts } from '@sillage/plan'
import { type Sql, sql } from '@sillage/sdk'
import type { JsonRow, Session } from '@sillage/sql'
import {
  isPersons,
  isPersonsRaw,
  type KeyText,
  type PersonKey,
  resolveKeys,
  type StageColumns,
  stageColumns,
} from './person.ts'

/** A rule of a configuration, and whether it decided. */
export interface DecidedRule {
  readonly name: string
  /** The condition as written; absent for the rule of all others. */
  readonly when?: string
  /** Rows of the person for which the condition holds; absent where it cannot be asked again. */
  readonly holds?: number
  /** Rows of the person that carry its name. */
  readonly decided: number
}

export interface ExplainedStage {
  readonly stage: string
  readonly plugin: string
  /** Names of the key's columns here. */
  readonly key: readonly string[]
  readonly rows: number
  /** At most `limit` of them. */
  readonly shown: readonly JsonRow[]
  readonly refused: readonly JsonRow[]
  readonly rules: readonly DecidedRule[]
  /** Why no row is here, where the stages before have some. */
  readonly note?: string
}

export interface Explanation {
  readonly pipeline: string
  /** The day that the rows were made as of; null where no stage reads it. */
  readonly as_of: string | null
  readonly key: Readonly<Record<string, string>>
  readonly stages: readonly ExplainedStage[]
  readonly not_traceable: readonly { readonly stage: string; readonly why: string }[]
}

/** A person's rows at each stage, the refused ones too, and the rules that decided, as the last run left them. */
export async function explain({
  kept,
  pipeline,
  keys: typed,
  limit,
  asOf,
}: {
  readonly kept: Pick<Kept, 'ledger' | 'session' | 'relations'>
  readonly pipeline: Pipeline
  readonly keys: readonly KeyText[]
  readonly limit: number
  /** The day that is asked for. Throws `as_of_differs` where the rows were made as of another. */
  readonly asOf?: string | undefined
}): Promise<Explanation> {
  const days = await daysOfStages(kept)
  const day = [...days.values()].sort().at(-1) ?? null
  if (asOf !== undefined && day !== null && [...days.values()].some((one) => one !== asOf))
    throw asOfDiffers({ pipeline: pipeline.name, day, asOf })
  const relations = await kept.relations()
  const columns = stageColumns(relations, pipeline)
  const keys = resolveKeys(pipeline, columns, typed)
  const stages: ExplainedStage[] = []
  const untraced: { readonly stage: string; readonly why: string }[] = []
  const facts = { session: kept.session, keys, columns, relations, limit, days }
  for (const stage of pipeline.stages) {
    const why = untraceable(stage, facts)
    if (why === undefined) stages.push(await explainStage(stage, stages, facts))
    else untraced.push({ stage: stage.name, why })
  }
  return {
    pipeline: pipeline.name,
    as_of: day,
    key: Object.fromEntries(keys.map(({ column, value }) => [column, value])),
    stages,
    not_traceable: untraced,
  }
}

/** The day that each stage was made as of, where it reads one. */
async function daysOfStages({ ledger }: Pick<Kept, 'ledger'>): Promise<ReadonlyMap<string, string>> {
  const { parts } = await ledger.known()
  return new Map(
    [...parts].flatMap(([stage, known]) => {
      const { as_of } = JSON.parse(known.parts) as Pick<StepParts, 'as_of'>
      return as_of === null ? [] : [[stage, as_of]]
    }),
  )
}

function asOfDiffers({
  pipeline,
  day,
  asOf,
}: {
  readonly pipeline: string
  readonly day: string
  readonly asOf: string
}): SillageError {
  return new SillageError({
    code: 'as_of_differs',
    message: `The rows of the last run were made as of ${day}, not ${asOf}`,
    hint: `sillage run ${pipeline} --as-of ${asOf}, or leave --as-of out to see them as they are`,
    exit: exitCode.failed,
  })
}

interface Facts {
  readonly days: ReadonlyMap<string, string>
  readonly session: Session
  readonly keys: readonly PersonKey[]
  readonly columns: StageColumns
  readonly relations: readonly KeptRelation[]
  readonly limit: number
}

function untraceable(
  { name, plugin }: Pick<PipelineStage, 'name' | 'plugin'>,
  { keys, columns }: Facts,
): string | undefined {
  const own = columns.get(name)
  if (own === undefined)
    return plugin.style === 'sink' ? 'it is a delivery: see its receipts' : 'it did not run'
  return isPersons(keys, name, own) === undefined ? 'it has no column of the key' : undefined
}

async function explainStage(
  stage: PipelineStage,
  before: readonly ExplainedStage[],
  facts: Facts,
): Promise<ExplainedStage> {
  const { session, keys, columns, limit } = facts
  const own = columns.get(stage.name)!
  const relation = relationSql(relationOf(stage.plugin.name.split('/')[0] as 'clean', stage.name))
  const where = isPersons(keys, stage.name, own)!
  const list = sql.join(own.map((column) => sql.id(column)))
  const { n } = await session.row<{ n: number }>(
    `select count(*) as n from ${relation.text} where ${where.text}`,
  )
  const shown = await session.rows(
    `select ${list.text} from ${relation.text} where ${where.text} limit ${limit}`,
  )
  const refused = await refusedRows(stage, facts)
  const inputs = inputsOf(stage)
  const read = before.filter((one) => inputs.includes(one.stage) && one.rows > 0)
  const note =
    n > 0 || refused.length > 0 || read.length === 0
      ? undefined
      : `none of the rows of ${read.map((one) => one.stage).join(', ')} went on: they were left out or merged here`
  return {
    stage: stage.name,
    plugin: stage.plugin.name,
    key: keys.map((key) => own.find((column) => key.names.get(stage.name)!.has(column))!),
    rows: n,
    shown,
    refused,
    rules: n > 0 ? await decidedRules(stage, relation.text, where.text, facts) : [],
    ...(note === undefined ? {} : { note }),
  }
}

function inputsOf(stage: Pick<PipelineStage, 'inputs'>): readonly string[] {
  return Object.values(stage.inputs)
    .flat()
    .map((ref) => (ref.output === undefined ? ref.stage : `${ref.stage}.${ref.output}`))
}

async function refusedRows(
  stage: PipelineStage,
  { session, keys, columns, relations, limit }: Facts,
): Promise<readonly JsonRow[]> {
  const shown = relations.find(({ schema, name }) => schema === 'reject' && name === stage.name)
  const names = shown?.columns ?? []
  if (names.length === 0) return []
  const inputs = inputsOf(stage)
  const where = names.includes('raw')
    ? isPersonsRaw(keys, inputs.length > 0 ? inputs : [stage.name], columns)
    : isPersons(keys, stage.name, names)
  if (where === undefined) return []
  const list = sql.join(names.map((name) => sql.id(name)))
  return await session.rows(
    `select ${list.text} from ${sql.id('reject', stage.name).text} where ${where.text} limit ${limit}`,
  )
}

interface RuleText {
  readonly name: string
  readonly when?: string
}

/** Rules are objects with a `name` in a list of the configuration; the column `into` carries the name of the one that decided. */
async function decidedRules(
  stage: PipelineStage,
  relation: string,
  where: string,
  { session, keys, columns, relations, days }: Facts,
): Promise<readonly DecidedRule[]> {
  const { into, otherwise, otherwise_unknown } = stage.config as Readonly<Record<string, unknown>>
  const rules = [...rulesIn(stage.config), ...otherRule(otherwise), ...otherRule(otherwise_unknown)]
  if (rules.length === 0) return []
  const own = columns.get(stage.name)!
  const byName =
    typeof into === 'string' && own.includes(into)
      ? await session.rows<{ name: string; n: number }>(
          `select cast(${sql.id(into).text} as varchar) as name, count(*) as n from ${relation} where ${where} group by all`,
        )
      : []
  const isNamed = byName.some(({ name }) => rules.some((rule) => rule.name === name))
  const input = inputsOf(stage)[0] ?? ''
  const read = columns.get(input)
  const person = read && isPersons(keys, input.split('.')[0]!, read)
  const from = relations.find(({ schema, name }) => schema !== 'reject' && name === input)
  return await Promise.all(
    rules.map(async ({ name, when }) => {
      const holds =
        when === undefined || !person || !from
          ? undefined
          : await holding({
              when,
              from: sql.id(from.schema, input),
              person: person.text,
              asOf: days.get(stage.name),
              session,
            })
      return {
        name,
        ...(when === undefined ? {} : { when }),
        ...(holds === undefined ? {} : { holds }),
        decided: byName.find((row) => row.name === name)?.n ?? (isNamed ? 0 : (holds ?? 0)),
      }
    }),
  )
}

function rulesIn(config: PipelineStage['config']): readonly RuleText[] {
  return Object.values(config).flatMap((value) =>
    Array.isArray(value)
      ? value.flatMap((item: unknown) => {
          const { name, when, ...bounds } = (item ?? {}) as Readonly<Record<string, unknown>>
          if (typeof name !== 'string') return []
          const { from, below } = bounds
          const told =
            typeof when === 'string'
              ? when
              : [from === undefined ? [] : [`from ${from}`], below === undefined ? [] : [`below ${below}`]]
                  .flat()
                  .join(', ')
          return [{ name, ...(told === '' ? {} : { when: told }) }]
        })
      : [],
  )
}

function otherRule(otherwise: unknown): readonly RuleText[] {
  if (typeof otherwise === 'string') return [{ name: otherwise }]
  const { name } = (otherwise ?? {}) as { readonly name?: unknown }
  return typeof name === 'string' ? [{ name }] : []
}

/** For how many of the person's rows a condition holds; undefined where it is more than a condition over the stage's input. */
async function holding({
  when,
  from,
  person,
  asOf,
  session,
}: {
  readonly when: string
  readonly from: Sql
  readonly person: string
  readonly asOf: string | undefined
  readonly session: Session
}): Promise<number | undefined> {
  try {
    const { n } = await session.row<{ n: number }>(
      `select count(*) as n from (select *${asOf === undefined ? '' : `, ${sql.date(asOf).text} as as_of`} from ${from.text} where ${person}) where (${when}\n)`,
    )
    return n
  } catch {
    return undefined
  }
}
