import type { Removal, TableColumn } from '@sillage/ledger'
import type { Pipeline } from '@sillage/plan'
import { type Sql, sql } from '@sillage/sdk'
import type { OpenDatabase } from '@sillage/sql'
import { canonicalSql, canonicalValue } from '@sillage/sql'
import { holdsAsWord, isPersons, isPersonsRaw, type PersonKey, type StageColumns } from '../person.ts'
import type { Identifiers } from './identifiers.ts'
import { holdsSpelled } from './spellings.ts'

export interface RemovalFacts {
  readonly openDatabase: OpenDatabase
  readonly pipeline: Pipeline
  readonly keys: readonly PersonKey[]
  readonly columns: StageColumns
  readonly identifiers: Identifiers
}

/** For a table of the working database: `lines`, `lines.refused`, `people.merged`. */
export function removalFromStep(table: string, own: readonly TableColumn[], facts: RemovalFacts): Removal {
  const { pipeline, keys, columns, identifiers } = facts
  const [stage, part] = table.split('.', 2)
  const names = own.map(({ name }) => name)
  const raw = names.includes('_raw')
  if (part === 'refused' && raw) return { where: heldInRaw(facts, sql`_raw`), how: 'key' }
  const person = isPersons(keys, stage!, names)
  const inputs = Object.values(pipeline.stages.find(({ name }) => name === stage)?.inputs ?? {}).flat()
  const references = inputs.map((ref) =>
    ref.output === undefined ? ref.stage : `${ref.stage}.${ref.output}`,
  )
  const personal = identifiers.personal.map(({ value }) => holdsSpelled(value, sql`_raw`))
  const byKey = raw ? isPersonsRaw(keys, references, columns, sql`_raw`) : undefined
  const refused = raw ? sql.join([...(byKey ? [byKey] : []), ...personal, sql`false`], ' or ') : undefined
  if (person === undefined && refused === undefined) return removalByValue(own, facts)
  const parts = [person, refused && sql`(_raw is not null and (${refused}))`].filter(
    (one) => one !== undefined,
  )
  return { where: sql.join(parts, ' or '), how: 'key' }
}

/** True where a refused row, as it came, holds the key or a personal value in some spelling. */
export function heldInRaw({ keys, identifiers }: RemovalFacts, raw: Sql): Sql {
  const personal = identifiers.personal.map(({ value }) => holdsSpelled(value, raw))
  return sql.join([holdsAsWord(keys, raw), ...personal], ' or ')
}

/** For a table of a mart: by the stage that it shows, or by any name that the key has in the pipeline. */
export function removalFromMart(table: string, own: readonly TableColumn[], facts: RemovalFacts): Removal {
  const { pipeline, keys } = facts
  const names = own.map(({ name }) => name)
  const mart = pipeline.marts.find(({ name }) => name === table)
  const person =
    mart && pipeline.stages.some(({ name }) => name === mart.from.stage)
      ? isPersons(keys, mart.from.stage, names)
      : isPersonsByName(keys, names)
  return person === undefined ? removalByValue(own, facts) : { where: person, how: 'key' }
}

/** As `isPersons`, for a relation of no known stage: a column of any name that the key has somewhere. */
function isPersonsByName(keys: readonly PersonKey[], names: readonly string[]): Sql | undefined {
  const anywhere = keys.map((key) => ({
    ...key,
    names: new Map([['', new Set([...key.names.values()].flatMap((own) => [...own]))]]),
  }))
  return isPersons(anywhere, '', names)
}

/** Rows of which a text, or a column that is called an id, is one of the identifiers. */
export function removalByValue(own: readonly TableColumn[], { identifiers }: RemovalFacts): Removal {
  const conditions = own.flatMap((column) => {
    const values = identifiersFor(column, identifiers)
    if (values.length === 0) return []
    return [sql`coalesce(list_contains(${sql.list(values)}, ${canonicalSql(sql.id(column.name))}), false)`]
  })
  return conditions.length === 0
    ? { where: undefined, how: 'none' }
    : { where: sql.join(conditions, ' or '), how: 'value' }
}

/** A short key in a text may be anything: only in a column that is called an id it is believed. */
function identifiersFor({ name, type }: TableColumn, { keys, personal }: Identifiers): readonly string[] {
  const isId = /(^|_)id$/i.test(name)
  const isText = type === 'VARCHAR'
  if (!isId && !isText) return []
  const believed = keys.filter(({ value }) => isId || (value.length >= 4 && /\D/.test(value)))
  return [...believed, ...(isText ? personal : [])].map(({ value }) => canonicalValue(value))
}
