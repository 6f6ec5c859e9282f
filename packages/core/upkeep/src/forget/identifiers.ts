import { isSillageError } from '@sillage/base'
import { configRoles, type Pipeline, traceColumn } from '@sillage/plan'
import { sql } from '@sillage/sdk'
import type { JsonRow, Session } from '@sillage/sql'
import { isPersons, type PersonKey, type StageColumns, saysWhose } from '../person.ts'

/** A value that tells who a person is, as it is written somewhere. */
export interface Identifier {
  readonly value: string
  readonly column: string
}

/** What is looked for, and what cannot be. */
export interface Identifiers {
  /** Values of the key, in every spelling that was found. */
  readonly keys: readonly Identifier[]
  /** Personal values that no row has which says to be another person's. */
  readonly personal: readonly Identifier[]
  readonly not_searched: readonly { readonly column: string; readonly values: number; readonly why: string }[]
}

/** Bytes of a key or a personal value below which it stands everywhere by chance. */
export const shortest = 4

/** Gathers the values of the key and the personal values of a person's rows, from every relation that can be traced to the key. */
export async function findIdentifiers({
  session,
  pipeline,
  keys,
  columns,
}: {
  readonly session: Session
  readonly pipeline: Pipeline
  readonly keys: readonly PersonKey[]
  readonly columns: StageColumns
}): Promise<Identifiers> {
  const personal = personalNames(pipeline)
  const found = new Map<string, { readonly column: string; readonly isKey: boolean; shared: boolean }>()
  for (const key of keys) found.set(key.value, { column: key.column, isKey: true, shared: false })
  for (const { name, plugin } of pipeline.stages) {
    const own = columns.get(name) ?? []
    const person = isPersons(keys, name, own)
    if (!person) continue
    const known = saysWhose(keys, name, own)
    const relation = sql.id(plugin.name.split('/')[0]!, name).text
    for (const column of own) {
      const isKey = keys.some((key) => key.names.get(name)?.has(column))
      if (!isKey && !personal.get(name)?.has(column)) continue
      const values = await readable<{ value: string | null; shared: boolean }>(
        session,
        `select trim(cast(${sql.id(column).text} as varchar)) as value, bool_or(not person and known) as shared from (select *, ${person.text} as person, ${known.text} as known from ${relation}) group by 1 having bool_or(person)`,
      )
      for (const { value, shared } of values) {
        if (value === null || value === '') continue
        const before = found.get(value)
        if (before) before.shared ||= shared && !before.isKey
        else found.set(value, { column, isKey, shared: shared && !isKey })
      }
    }
  }
  return sorted(found)
}

/** Rows of a statement; none where it reads a file that is gone: the stages after have what it held. */
async function readable<R extends JsonRow>(session: Session, statement: string): Promise<readonly R[]> {
  try {
    return await session.rows<R>(statement)
  } catch (error) {
    if (isSillageError(error) && error.code === 'file_not_found') return []
    throw error
  }
}

function sorted(
  found: ReadonlyMap<string, { readonly column: string; readonly isKey: boolean; readonly shared: boolean }>,
): Identifiers {
  const all = [...found].map(([value, facts]) => ({ value, ...facts }))
  const left = all.flatMap(({ isKey, value, shared, column }) => {
    if (isKey)
      return value.length < shortest
        ? [{ column, why: 'too short to be told from chance in bytes; tables were searched by value' }]
        : []
    if (shared) return [{ column, why: 'others have the same value' }]
    return value.length < shortest ? [{ column, why: 'too short to be told from chance' }] : []
  })
  const groups = new Map<string, { readonly column: string; readonly why: string; values: number }>()
  for (const one of left) {
    const id = JSON.stringify(one)
    const group = groups.get(id) ?? { ...one, values: 0 }
    group.values += 1
    groups.set(id, group)
  }
  return {
    keys: all.flatMap(({ isKey, value, column }) => (isKey ? [{ value, column }] : [])),
    personal: all.flatMap(({ isKey, value, shared, column }) =>
      isKey || shared || value.length < shortest ? [] : [{ value, column }],
    ),
    not_searched: [...groups.values()],
  }
}

/** Names of personal columns at each stage: what a configuration or a mart marks, followed through the pipeline. */
export function personalNames(pipeline: Pipeline): ReadonlyMap<string, ReadonlySet<string>> {
  const marked = [
    ...pipeline.stages.flatMap((stage) =>
      configRoles(stage.config, stage.plugin.config)
        .filter(({ isKey, path }) => isKey && isMarked(at(stage.config, path)))
        .map(({ text }) => ({ stages: [stage.name], column: text })),
    ),
    ...pipeline.marts.flatMap((mart) =>
      Object.entries(mart.columns).flatMap(([column, { personal }]) =>
        personal ? [{ stages: [mart.from.stage], column }] : [],
      ),
    ),
  ]
  const names = new Map(pipeline.stages.map((stage) => [stage.name, new Set<string>()]))
  for (const one of marked)
    for (const [stage, own] of traceColumn(pipeline.stages, one))
      for (const name of own) names.get(stage)?.add(name)
  return names
}

function at(value: unknown, path: readonly (string | number)[]): unknown {
  return path.reduce<unknown>(
    (inner, key) => (inner as Readonly<Record<string, unknown>> | undefined)?.[key],
    value,
  )
}

function isMarked(value: unknown): boolean {
  return (
    value !== null &&
    typeof value === 'object' &&
    (value as { readonly personal?: unknown }).personal === true
  )
}
