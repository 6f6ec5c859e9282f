import { type Sql, sql } from '@sillage/sdk'
import type { RefusedTables } from '../text/refused-lines.ts'
import { type Documents, isRow, readDocuments } from './documents.ts'
import { cells, type JsonColumn } from './keys.ts'

/** The documents of all files that are objects, with their place where it is asked for. */
export function union(
  all: readonly Documents[],
  { provenance = false, refused }: { readonly provenance?: boolean; readonly refused?: RefusedTables },
): Sql {
  const selects = all.map((documents) => {
    const place = provenance ? sql`, ${documents.file.shown} as _file, _line` : sql.empty
    return sql`select document${place} from (${readDocuments(documents, { provenance, ...(refused ? { refused } : {}) })}) where ${isRow(documents)}`
  })
  return sql.join(selects, '\nunion all\n')
}

export interface TypedFacts {
  readonly columns: readonly JsonColumn[]
  readonly types: readonly (string | undefined)[]
  readonly provenance: boolean
}

/** The columns of documents, with their types. */
export function typed(documents: Sql, { columns, types, provenance }: TypedFacts): Sql {
  const place = provenance ? [sql`_file`, sql`_line`] : []
  const texts = cells(documents, columns, place)
  if (types.every((type) => type === undefined)) return texts
  const casts = columns.map(({ name }, index) =>
    types[index]
      ? sql`cast(${sql.id(name)} as ${sql.trusted(types[index])}) as ${sql.id(name)}`
      : sql.id(name),
  )
  return sql`
    select
      ${sql.lines([...casts, ...place])}
    from (
      ${texts}
    )
  `
}
