/** The fixed file of the main job; `data` is the folder of the real data sets. */
export const onlineRetail = (data: string): string => `pipeline: online-retail
as_of: 2011-12-10
stages:
  raw: { uses: collect/parquet, with: { path: ${data}/online-retail/online_retail.parquet } }
  lines:
    uses: clean/contract
    from: raw
    with:
      columns:
        invoice:     { from: InvoiceNo, type: text, required: true }
        product:     { from: StockCode, type: text, required: true }
        quantity:    { from: Quantity, type: integer, min: 1 }
        unit_price:  { from: UnitPrice, type: double, above: 0 }
        bought_at:   { from: InvoiceDate, type: timestamp, required: true }
        customer_id: { from: CustomerID, type: integer, required: true }
        country:     { from: Country, type: text }
    expect:
      - rejected: { max_share: 0.3 }
      - not_null: [customer_id, bought_at]
  purchases:
    uses: enrich/derive
    from: lines
    with: { columns: { amount: "cast(quantity * unit_price as decimal(18,3))" } }
  rfm:
    uses: score/rfm
    from: purchases
    with:
      customer: customer_id
      at: bought_at
      amount: amount
      transaction: invoice
      recency:   { bands: [30, 150], points: [2, 1, 0] }     # calendar days from the last purchase to as_of: <30, 30–<150, ≥150
      frequency: { bands: [2, 11],   points: [0, 1, 2] }     # distinct transactions: <2, 2–10, ≥11
      monetary:  { bands: [20, 50],  points: [0, 1, 2] }     # sum of amount: <20, 20–<50, ≥50
  tiered:
    uses: segment/tiers
    from: rfm
    with:
      value: monetary
      into: tier
      tiers:
        - { name: red,    below: 50 }
        - { name: blue,   from: 50,  below: 100 }
        - { name: bronze, from: 100, below: 200 }
        - { name: silver, from: 200, below: 500 }
        - { name: gold,   from: 500 }
  customers:
    uses: segment/rules
    from: tiered
    with:
      into: segment
      rules:
        - { name: champions, when: "rfm_points = 6" }
        - { name: leaving,   when: "recency_days >= 150 and frequency >= 2" }
        - { name: lost,      when: "recency_days >= 150" }
      otherwise: active
  call_list:
    uses: activate/file
    from: customers
    with: { path: out/call-list.csv, where: "segment = 'leaving'", columns: [customer_id, recency_days, frequency, monetary] }
marts:
  customers: { from: customers, key: [customer_id], description: One row per customer. }
`
