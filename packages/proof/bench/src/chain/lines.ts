import { Database } from '@sillage/duckdb'
import { sql } from '@sillage/sdk'

const linesPerInvoice = 5

/**
 * Writes order lines in the shape of Online Retail: an invoice has one time, one customer and about five lines; a quarter of the
 * lines have no customer, two in a hundred take goods back, one in two hundred costs nothing. The same rows give the same file.
 */
export async function writeLines({
  path,
  rows,
}: {
  readonly path: string
  readonly rows: number
}): Promise<void> {
  const invoices = Math.ceil(rows / linesPerInvoice)
  const customers = Math.ceil(rows / 10)
  await using database = await Database.open({ path: ':memory:', threads: 2 })
  using session = await database.session()
  await session.run('create macro dice(key, seed, sides) as cast(hash(key, seed) % sides as bigint)')
  await session.run(`
    copy (
      select
        case when quantity < 0 then 'C' else '' end || (536365 + invoice) as InvoiceNo,
        (20000 + dice(line, 1, 4000)) || ['', 'A', 'B'][1 + dice(line, 2, 3)] as StockCode,
        'PRODUCT NUMBER ' || (dice(line, 1, 4000)) || ' OF THE CATALOGUE' as Description,
        cast(quantity as integer) as Quantity,
        timestamp '2009-12-10 08:00:00' + to_minutes(cast(invoice * 1051000 // ${invoices} as bigint)) as InvoiceDate,
        case when dice(line, 3, 200) = 0 then 0 else (29 + dice(line, 4, 1200)) / 100 end as UnitPrice,
        case when dice(invoice, 5, 4) <> 0 then cast(12346 + dice(invoice, 6, ${customers}) as integer) end as CustomerID,
        ['United Kingdom', 'France', 'Germany', 'EIRE', 'Spain'][1 + least(dice(invoice, 7, 40), 4)] as Country
      from (
        select
          range as line,
          range // ${linesPerInvoice} as invoice,
          case when dice(range // ${linesPerInvoice}, 8, 50) = 0 then -1 else 1 + dice(range, 9, 12) end as quantity
        from range(${rows})
      )
    ) to ${sql.literal(path).text} (format parquet, compression zstd)
  `)
}
