/** A shop with six orders of four customers, by hand: 17850 has two that are taken and one that is refused. */
export const shopOrders = `Order,Customer ID,Email,Amount
1,17850,Ada@Mail.example,120.00
2,17850,ada@mail.example,60.00
3,17850,ada@mail.example,minus
4,13047,bob@mail.example,20.00
5,12583,eve@mail.example,500.00
6,17851,ann@mail.example,30.00
`

export const shopPipeline = (url?: string): string => `pipeline: shop
as_of: 2026-01-01
stages:
  raw: { uses: collect/csv, with: { path: orders.csv, all_text: true } }
  lines:
    uses: clean/contract
    from: raw
    with:
      columns:
        order_id: { from: Order, type: integer }
        customer_id: { from: Customer ID, type: integer, required: true }
        email: { from: Email, type: text, personal: true }
        amount: { from: Amount, type: "decimal(12,2)" }
  customers:
    uses: clean/dedupe
    from: lines
    with: { keys: [[customer_id]], order: [{ by: order_id }], id: order_id }
  segmented:
    uses: segment/rules
    from: customers
    with:
      into: segment
      rules:
        - { name: big, when: "amount >= 300" }
        - { name: middle, when: "amount >= 100" }
      otherwise: small
  total: { uses: enrich/derive, from: segmented, with: { columns: { cents: "amount * 100" } } }
  list: { uses: activate/file, from: segmented, with: { path: out/list.csv, columns: [customer_id, email, segment] } }
  sheet: { uses: activate/file, from: segmented, with: { path: out/list.parquet } }
${url === undefined ? '' : `  crm: { uses: activate/webhook, from: segmented, with: { url: "${url}", batch: 1, attempts: 1 } }\n`}marts:
  customers: { from: segmented, key: [customer_id], description: One row a customer. }
  lines: { from: lines }
`
