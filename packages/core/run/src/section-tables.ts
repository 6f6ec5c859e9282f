import type { PlannedSection } from '@sillage/plan'
import { type Sql, sql } from '@sillage/sdk'

type SectionTable = PlannedSection['tables'][number]
type SectionCell = SectionTable['rows'][number][number]

interface SectionTables {
  readonly about: Readonly<Record<string, Sql>>
  readonly comments: Readonly<
    Record<string, { readonly table: string; readonly columns: Readonly<Record<string, string>> }>
  >
}

/** What apps tell as tables of the schema `sillage`, with what they and their columns are. */
export function sectionTables(sections: Readonly<Record<string, PlannedSection>>): SectionTables {
  const tables = Object.values(sections).flatMap((section) => section.tables)
  return {
    about: Object.fromEntries(tables.map((table) => [table.name, selectOf(table)])),
    comments: Object.fromEntries(
      tables.map(({ name, comment, columns }) => [
        name,
        {
          table: comment,
          columns: Object.fromEntries(columns.map((column) => [column.name, column.comment])),
        },
      ]),
    ),
  }
}

function selectOf({ columns, rows }: SectionTable): Sql {
  const cast = (value: SectionCell, index: number): Sql =>
    sql`cast(${literal(value)} as ${sql.trusted(columns[index]!.type)}) as ${sql.id(columns[index]!.name)}`
  const select = (values: readonly SectionCell[]): Sql => sql`select ${sql.join(values.map(cast))}`
  if (rows.length === 0) return sql`${select(columns.map(() => null))} where false`
  return sql.join(rows.map(select), '\nunion all ')
}

function literal(value: SectionCell): Sql {
  return typeof value === 'object' && value !== null ? sql.list([...value]) : sql.literal(value)
}
