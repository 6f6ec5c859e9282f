import { sql } from '@sillage/sql'
import { isHidden } from '../../cell.ts'
import { askTable } from '../../mart/ask-table.ts'
import { meaningOf } from '../../mart/open-mart.ts'
import { customerOf } from '../../mart/purchases.ts'
import { topGroups } from '../../mart/top-groups.ts'
import type { MakeSection } from '../../section-facts.ts'
import { segmentColumn } from '../segment-column.ts'
import { treatedSegment } from '../segments.ts'

/** More columns than this are no table that one reads. */
const mostSegments = 12

/** How many customers of each segment have bought which product. */
export const productSegments: MakeSection = async ({
  mart,
  main,
  purchases,
  words,
  labels,
  formats,
  minGroup,
  top,
  disclosure,
}) => {
  const product = meaningOf(purchases, 'product')
  const amount = meaningOf(purchases, 'purchase_amount')
  const segment = treatedSegment(main)
  const customer = purchases && customerOf(purchases, main)
  const key = main?.columns.filter((one) => one.key) ?? []
  if (!purchases || !product || !amount || !segment || !customer || key.length !== 1) return []
  const who = sql`cast(${sql.id('bought', customer.name)} as varchar)`
  const table = await askTable({
    session: mart.session,
    select: (more) => sql`
      with bought as (
        select * from ${sql.id('main', purchases.name)} where ${sql.id(amount.name)} > 0
      ),
      grouped as (
        ${topGroups({ from: sql`bought`, column: product.name, as: '_product', top, others: words.others })}
      )
      select
        bought._product as product,
        coalesce(cast(${sql.id('who', segment.name)} as varchar), '–') as segment,
        count(distinct ${who}) as people${more()}
      from grouped as bought
      join ${sql.id('main', main!.name)} as who on cast(${sql.id('who', key[0]!.name)} as varchar) = ${who}
      group by 1, 2
      order by 1, 2
    `,
    caption: words.dashboard.productSegments,
    minGroup,
    disclosure,
    counted: [{ people: 'people', space: 'people', unit: who }],
    totals: { rows: false },
    columns: [
      {
        name: 'product',
        title: labels.column(product.name),
        format: 'text',
        label: (value) => labels.value(product.name, value),
      },
      segmentColumn(segment.name, labels),
      { name: 'people', title: words.customers, format: 'count', people: 'people' },
    ],
  })
  const y = [...new Set(table.rows.map(([name]) => String(name)))]
  const x = [...new Set(table.rows.map(([, name]) => String(name)))]
  if (table.rows.length === 0 || x.length > mostSegments) return table.rows.length === 0 ? [] : [table]
  return [
    {
      kind: 'chart',
      title: table.caption,
      alt: words.dashboard.productSegmentsAlt,
      chart: {
        kind: 'heatmap',
        x,
        y: [...y].reverse(),
        xTitle: labels.column(segment.name),
        yTitle: labels.column(product.name),
        cells: table.rows.map(([name, of, people]) => ({
          x: x.indexOf(String(of)),
          y: y.length - 1 - y.indexOf(String(name)),
          value: isHidden(people!) ? null : Number(people),
          label: [formats.cell(people!, 'count')],
        })),
      },
    },
    { ...table, folded: true },
  ]
}
