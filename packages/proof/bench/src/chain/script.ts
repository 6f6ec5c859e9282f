/**
 * The same work as the engine's, as one would write it by hand: the same step tables and views, refused rows with their reasons,
 * text, file and line, the mart in a file of its own, and the delivered file. It counts and checks nothing.
 */
export const handWritten = ({
  lines,
  file,
  mart,
  list,
}: {
  /** The Parquet file. */
  readonly lines: string
  /** What the refused rows call it. */
  readonly file: string
  readonly mart: string
  readonly list: string
}): readonly string[] => [
  'create schema step',
  'create schema reject',
  'create schema collect',
  'create schema clean',
  'create schema enrich',
  'create schema score',
  'create schema segment',
  `create view collect.raw as
  select *, '${file}' as _file, file_row_number + 1 as _line
  from read_parquet('${lines}', file_row_number = true)`,

  `create table step.lines as
  select
    invoice, product, quantity, unit_price, bought_at, customer_id, country, _reject,
    case when _reject <> 0 then cast(json_object(
      'InvoiceNo', InvoiceNo, 'StockCode', StockCode, 'Description', Description, 'Quantity', quantity_read,
      'InvoiceDate', InvoiceDate, 'UnitPrice', UnitPrice, 'CustomerID', CustomerID, 'Country', country_read
    ) as varchar) end as _raw,
    case when _reject <> 0 then _file end as _file,
    case when _reject <> 0 then _line end as _line
  from (
    select
      *,
      cast(
        case when invoice is null then 1 else 0 end
        + case when product is null then 2 else 0 end
        + case when quantity < 1 then 4 else 0 end
        + case when UnitPrice is not null and unit_price is null then 8 else 0 end
        + case when unit_price <= 0 then 16 else 0 end
        + case when bought_at is null then 32 else 0 end
        + case when customer_id is null then 64 else 0 end
      as integer) as _reject
    from (
      select
        * rename ("Quantity" as quantity_read, "Country" as country_read),
        nullif(trim(InvoiceNo), '') as invoice,
        nullif(trim(StockCode), '') as product,
        cast("Quantity" as bigint) as quantity,
        case when isfinite(UnitPrice) then UnitPrice end as unit_price,
        InvoiceDate as bought_at,
        cast(CustomerID as bigint) as customer_id,
        nullif(trim("Country"), '') as country
      from collect.raw
    )
  )`,
  `create view clean.lines as
  select invoice, product, quantity, unit_price, bought_at, customer_id, country from step.lines where _reject = 0`,
  `create view reject.lines as
  select
    _file as file, _line as line, _raw as raw,
    list_filter([
      case when _reject & 1 <> 0 then 'invoice: missing' end,
      case when _reject & 2 <> 0 then 'product: missing' end,
      case when _reject & 4 <> 0 then 'quantity: below_min' end,
      case when _reject & 8 <> 0 then 'unit_price: not_double' end,
      case when _reject & 16 <> 0 then 'unit_price: not_above' end,
      case when _reject & 32 <> 0 then 'bought_at: missing' end,
      case when _reject & 64 <> 0 then 'customer_id: missing' end
    ], lambda reason: reason is not null) as codes
  from step.lines
  where _reject <> 0`,

  `create view enrich.purchases as
  select *, cast(quantity * unit_price as decimal(18, 3)) as amount from clean.lines`,
  `create table step.rfm as
  select *, recency_points + frequency_points + monetary_points as rfm_points
  from (
    select
      customer_id, recency_days, frequency, monetary,
      case when recency_days is null then null when recency_days < 30 then 2 when recency_days < 150 then 1 else 0 end as recency_points,
      case when frequency is null then null when frequency < 2 then 0 when frequency < 11 then 1 else 2 end as frequency_points,
      case when monetary is null then null when monetary < 20 then 0 when monetary < 50 then 1 else 2 end as monetary_points,
      _rows
    from (
      select
        customer_id,
        date_diff('day', cast(max(bought_at) filter (where counts) as date), date '2011-12-10') as recency_days,
        case when count(*) filter (where counts) > 0 then count(distinct invoice) filter (where counts) end as frequency,
        sum(amount) filter (where counts) as monetary,
        count(*) as _rows
      from (select *, cast(bought_at as date) <= date '2011-12-10' as counts from enrich.purchases)
      group by customer_id
    )
  )`,
  `create view score.rfm as
  select * exclude (_rows) from step.rfm`,
  `create view segment.tiered as
  select
    *,
    case
      when monetary is null then null
      when monetary < 50 then 'red'
      when monetary < 100 then 'blue'
      when monetary < 200 then 'bronze'
      when monetary < 500 then 'silver'
      else 'gold'
    end as tier
  from score.rfm`,
  `create table step.customers as
  select
    *,
    case
      when rfm_points = 6 then 'champions'
      when recency_days >= 150 and frequency >= 2 then 'leaving'
      when recency_days >= 150 then 'lost'
      else 'active'
    end as segment
  from segment.tiered`,
  'create view segment.customers as select * from step.customers',

  `attach '${mart}' as mart`,
  'create table mart.customers as select * from segment.customers',
  'checkpoint mart',
  'detach mart',
  `copy (
    select customer_id, recency_days, frequency, monetary from segment.customers
    where segment = 'leaving'
    order by customer_id, recency_days, frequency, monetary
  ) to '${list}' (header)`,
]
