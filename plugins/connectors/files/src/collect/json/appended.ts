import { type Scan, type SourceContext, type Sql, sql } from '@sillage/sdk'
import { countBefore, linesBefore } from '../files/grown.ts'
import { refusedTables } from '../text/refused-lines.ts'
import { type Documents, readLines, refusedDocuments } from './documents.ts'
import type { JsonOptions } from './options.ts'
import { asked, type Source } from './source.ts'
import { type TypedFacts, typed, union } from './typed.ts'

/** The documents of new files, and those behind the old end of files that grew. */
export async function appended({
  sources,
  columns,
  types,
  config,
  context,
}: Omit<TypedFacts, 'provenance'> & {
  readonly sources: readonly Source[]
  readonly config: JsonOptions
  readonly context: SourceContext
}): Promise<NonNullable<Scan['appended']>> {
  const parts: Documents[] = []
  for (const source of sources) {
    const { documents, known, tail } = source
    if (known) continue
    if (!tail) parts.push(documents)
    else parts.push({ ...tail.documents, before: await placesBefore(source, context) })
  }
  const refused = refusedTables('appended', JSON.stringify(config), ...parts.map(({ path }) => path))
  if (parts.length === 0) {
    const none = (provenance: boolean): Sql =>
      sql`select null::varchar as document${provenance ? sql`, null::varchar as _file, null::bigint as _line` : sql.empty} where false`
    return { select: ({ provenance }) => typed(none(provenance), { columns, types, provenance }) }
  }
  return {
    select: ({ provenance }) => typed(union(parts, { provenance, refused }), { columns, types, provenance }),
    refused: refusedDocuments(parts, refused),
  }
}

/** Documents and lines of a file before its tail. */
async function placesBefore(
  source: Source,
  context: SourceContext,
): Promise<NonNullable<Documents['before']>> {
  const file = asked(source)
  const read = await countBefore({
    file,
    what: 'read',
    context,
    ask: async (part) => {
      const [row] = await context.query(sql`select count(*) as n from (${readLines(part)})`, [file.path])
      return Number(row!.n)
    },
  })
  return { read, all: await linesBefore(file, context) }
}
