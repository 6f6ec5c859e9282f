import { type AboutTable, aboutTable, type MartTable } from '@sillage/ledger'
import type { Plan } from '@sillage/plan'
import { columnRoles } from '../column-roles.ts'
import { referenceOf } from '../mart-table.ts'

/** The columns of a mart's tables, and what is known of them. */
export function columnsTable(
  tables: readonly MartTable[],
  { steps, marts }: Pick<Plan, 'steps' | 'marts'>,
): AboutTable {
  const roles = columnRoles(steps)
  const byName = new Map(marts.map((mart) => [mart.name, mart]))
  return aboutTable(
    'columns',
    'table_name column_name type comment personal:boolean key:boolean role meaning',
    tables.flatMap((table) =>
      table.columns.map((column) => {
        const { from, key } = byName.get(table.name)!
        return {
          table_name: table.name,
          column_name: column.name,
          type: column.type,
          comment: column.comment ?? null,
          personal: column.personal ?? false,
          key: key.includes(column.name),
          role: roles.get(from.stage)?.get(column.name) ?? null,
          meaning: column.meaning ?? null,
        }
      }),
    ),
  )
}

/** What each table of a mart is read from. */
export function martsTable({ marts }: Pick<Plan, 'marts'>): AboutTable {
  return aboutTable(
    'marts',
    'table_name stage reads',
    marts.map((mart) => ({ table_name: mart.name, stage: mart.from.stage, reads: referenceOf(mart) })),
  )
}

/** What each stage reads, and in which role. */
export function lineageTable({ steps }: Pick<Plan, 'steps'>): AboutTable {
  return aboutTable(
    'lineage',
    'stage plugin role reads',
    steps.flatMap(({ stage, plugin, inputs }) => {
      const rows = Object.entries(inputs).flatMap(([role, references]) =>
        references.map((reads) => ({ stage, plugin, role, reads })),
      )
      return rows.length > 0 ? rows : [{ stage, plugin }]
    }),
  )
}
