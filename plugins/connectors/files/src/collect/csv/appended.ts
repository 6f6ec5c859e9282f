import { type Scan, type SourceContext, sql } from '@sillage/sdk'
import { countBefore, linesBefore } from '../files/grown.ts'
import { refusedLines, refusedTables } from '../text/refused-lines.ts'
import type { CsvOptions } from './options.ts'
import { asked, newLines, type Part, selects, wholeFile } from './part.ts'
import type { Table, Tail } from './table.ts'
import { typed } from './types.ts'

/** The rows of files that are new, and those behind the old end of files that grew; all other columns are null, as in the whole. */
export async function appended({
  tables,
  names,
  types,
  config,
  context,
}: {
  readonly tables: readonly Table[]
  readonly names: readonly string[]
  readonly types: Readonly<Record<string, string>>
  readonly config: CsvOptions
  readonly context: SourceContext
}): Promise<NonNullable<Scan['appended']>> {
  const parts: Part[] = []
  for (const table of tables) {
    if (table.known) continue
    if (!table.tail) parts.push(wholeFile(table))
    else parts.push(await tailPart(table, table.tail, config, context))
  }
  const refused = refusedTables('appended', JSON.stringify(config), ...parts.map(({ path }) => path))
  const none = sql`select ${sql.join(names.map((name) => sql`null::varchar as ${sql.id(name)}`))}`
  return {
    select: ({ provenance }) => {
      const place = provenance ? sql`, null::varchar as _file, null::bigint as _line` : sql.empty
      const all = [sql`${none}${place} where false`, ...selects(parts, config, { refused, provenance })]
      return typed(sql.join(all, '\nunion all by name\n'), names, types, provenance)
    },
    refused: refusedLines(
      refused,
      parts.map(({ path, file, linesBefore }) => ({ path, shown: file.shown, linesBefore })),
    ),
  }
}

async function tailPart(table: Table, tail: Tail, config: CsvOptions, context: SourceContext): Promise<Part> {
  const { dialect } = table.sample
  const file = asked(table)
  const rows = await countBefore({
    file,
    what: 'rows',
    context,
    ask: async (part) => {
      const read = sql.join(selects([part], config, {}))
      const [row] = await context.query(sql`select count(*) as n from (${read})`, [file.path])
      return Number(row!.n)
    },
  })
  return {
    ...newLines(table, tail),
    rowsBefore: dialect.headerLines + rows,
    // As DuckDB counts where it refuses a line: a cell with line breaks is on one line.
    linesBefore: await linesBefore(file, context, dialect),
  }
}
