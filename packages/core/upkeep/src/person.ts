import { didYouMean, exitCode, SillageError } from '@sillage/base'
import type { KeptRelation } from '@sillage/ledger'
import { type Pipeline, traceColumn } from '@sillage/plan'
import { type Sql, sql } from '@sillage/sdk'
import { canonicalSql, canonicalValue } from '@sillage/sql'
import { holdsAsWords } from './forget/spellings.ts'

/** A `--key` as typed: `customer_id=17850`, or `lines.customer_id=17850` where the name means several things. */
export interface KeyText {
  readonly stage?: string
  readonly column: string
  readonly value: string
}

/** One column of the key, with the names that it has at each stage. */
export interface PersonKey {
  readonly column: string
  /** In its canonical form. */
  readonly value: string
  /** Stages at which a relation has the column under the name that was typed. */
  readonly stages: readonly string[]
  readonly names: ReadonlyMap<string, ReadonlySet<string>>
}

/** Columns of the relations that a store shows, by stage (`lines`) or further output (`people.merged`). */
export type StageColumns = ReadonlyMap<string, readonly string[]>

export function stageColumns(relations: readonly KeptRelation[], pipeline: Pipeline): StageColumns {
  const known = new Set(pipeline.stages.map((stage) => stage.name))
  return new Map(
    relations.flatMap(({ schema, name, columns }) =>
      schema !== 'reject' && known.has(name.split('.')[0]!)
        ? [[name, columns.filter((column) => !column.startsWith('_'))]]
        : [],
    ),
  )
}

/**
 * Follows the columns of a key through the stages. Throws `key_unknown` where no stage has such a column, `key_ambiguous` where stages
 * that have one are not connected: the same name may mean a customer here and an order there.
 */
export function resolveKeys(
  pipeline: Pipeline,
  columns: StageColumns,
  typed: readonly KeyText[],
): readonly PersonKey[] {
  return typed.map(({ stage: wanted, column, value }) => {
    const having = pipeline.stages
      .map((stage) => stage.name)
      .filter((name) => columns.get(name)?.includes(column))
    if (having.length === 0) throw keyUnknown(column, columns)
    if (wanted !== undefined && !having.includes(wanted)) throw keyElsewhere(wanted, column, having)
    const groups: { readonly stages: string[]; readonly names: PersonKey['names'] }[] = []
    for (const stage of having) {
      const group = groups.find(({ names }) => names.get(stage)?.has(column))
      if (group) group.stages.push(stage)
      else groups.push({ stages: [stage], names: traceColumn(pipeline.stages, { stages: [stage], column }) })
    }
    const chosen = wanted === undefined ? groups : groups.filter(({ stages }) => stages.includes(wanted))
    if (chosen.length > 1)
      throw keyAmbiguous(
        column,
        groups.map(({ stages }) => stages[0]!),
      )
    const { stages, names } = chosen[0]!
    return { column, value: canonicalValue(value), stages, names }
  })
}

/** The condition under which a row of a stage's relation is the person's; undefined where a part of the key has no column there. */
export function isPersons(
  keys: readonly PersonKey[],
  stage: string,
  columns: readonly string[],
  read: (column: string) => Sql = (column) => sql.id(column),
): Sql | undefined {
  const parts = keys.map((key) => {
    const own = columns.filter((column) => key.names.get(stage)?.has(column))
    if (own.length === 0) return undefined
    const any = own.map((column) => sql`${canonicalSql(read(column))} = ${key.value}`)
    return sql`(${sql.join(any, ' or ')})`
  })
  if (parts.some((part) => part === undefined)) return undefined
  return sql`coalesce(${sql.join(parts as readonly Sql[], ' and ')}, false)`
}

/** True where a row says whose it is: it has a value in some column of each part of the key. */
export function saysWhose(keys: readonly PersonKey[], stage: string, columns: readonly string[]): Sql {
  const parts = keys.map((key) => {
    const own = columns.filter((column) => key.names.get(stage)?.has(column))
    return sql`coalesce(${sql.join([...own.map((column) => sql`nullif(${canonicalSql(sql.id(column))}, '')`), sql`null`])}) is not null`
  })
  return sql`(${sql.join(parts, ' and ')})`
}

/** As `isPersons`, of the JSON text of a refused row: what it holds are the columns of the stage's inputs. */
export function isPersonsRaw(
  keys: readonly PersonKey[],
  inputs: readonly string[],
  columns: StageColumns,
  raw: Sql = sql`raw`,
): Sql | undefined {
  const found = inputs.flatMap((input) => {
    const pointer = (column: string): Sql =>
      sql`json_extract_string(${raw}, ${`/${column.replaceAll('~', '~0').replaceAll('/', '~1')}`})`
    const condition = isPersons(keys, input.split('.')[0]!, columns.get(input) ?? [], pointer)
    return condition ? [condition] : []
  })
  if (found.length === 0) return undefined
  return sql`case when json_valid(${raw}) then ${sql.join(found, ' or ')} else ${holdsAsWord(keys, raw)} end`
}

/** True where a text has every value of the key as a word of its own, in some spelling. For lines that a scan could not read. */
export function holdsAsWord(keys: readonly Pick<PersonKey, 'value'>[], text: Sql): Sql {
  return holdsAsWords(
    keys.map(({ value }) => value),
    text,
  )
}

function keyUnknown(column: string, columns: StageColumns): SillageError {
  return new SillageError({
    code: 'key_unknown',
    message: `No stage has a column "${column}"`,
    hint: didYouMean(column, new Set([...columns.values()].flat())),
    exit: exitCode.usage,
  })
}

function keyElsewhere(stage: string, column: string, having: readonly string[]): SillageError {
  return new SillageError({
    code: 'key_unknown',
    message: `"${stage}" has no column "${column}"`,
    hint: `stages that have it: ${having.join(', ')}`,
    exit: exitCode.usage,
  })
}

function keyAmbiguous(column: string, stages: readonly string[]): SillageError {
  return new SillageError({
    code: 'key_ambiguous',
    message: `"${column}" is not one column: ${stages.join(' and ')} are not connected by it`,
    hint: `say which one: ${stages.map((stage) => `--key ${stage}.${column}=…`).join(' or ')}`,
    exit: exitCode.usage,
  })
}
