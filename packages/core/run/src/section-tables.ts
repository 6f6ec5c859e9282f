import { type CampaignTable, type CampaignValue, campaignTables } from '@sillage/campaign'
import type { Plan } from '@sillage/plan'
import { type Sql, sql } from '@sillage/sdk'

interface CampaignAbout {
  readonly about: Readonly<Record<string, Sql>>
  readonly comments: Readonly<
    Record<string, { readonly table: string; readonly columns: Readonly<Record<string, string>> }>
  >
}

/** Plan and budget as tables of the schema `sillage`, with what they and their columns are. */
export function campaignAbout(campaign: Plan['campaign']): CampaignAbout {
  const tables = campaignTables(campaign)
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

function selectOf({ columns, rows }: CampaignTable): Sql {
  const cast = (value: CampaignValue, index: number): Sql =>
    sql`cast(${literal(value)} as ${sql.trusted(columns[index]!.type)}) as ${sql.id(columns[index]!.name)}`
  const select = (values: readonly CampaignValue[]): Sql => sql`select ${sql.join(values.map(cast))}`
  if (rows.length === 0) return sql`${select(columns.map(() => null))} where false`
  return sql.join(rows.map(select), '\nunion all ')
}

function literal(value: CampaignValue): Sql {
  return typeof value === 'object' && value !== null ? sql.list([...value]) : sql.literal(value)
}
