/** Pipelines whose text is mutated; they read the inputs of `seeds.ts`. */
export const pipelines: readonly string[] = [
  `pipeline: fuzzed
description: Customers and what they bought.
params: { as_of: { type: date, default: 2024-12-31 }, least: { type: integer, default: 1 } }
as_of: "\${param:as_of}"
memory: 500MB
stages:
  raw: { uses: collect/csv, with: { path: people.csv, all_text: true } }
  lines:
    uses: clean/contract
    from: raw
    with:
      columns:
        id: { type: integer, required: true, min: "\${param:least}" }
        name: { type: text, personal: true, description: Who it is. }
        email: { type: text, pattern: "[^@]+@[^@]+" }
        amount: { type: "decimal(10,2)", above: 0 }
        day: { type: date }
    expect:
      - unique: [id]
      - rejected: { max_share: 0.5 }
      - row_count: { min: 1 }
  worth:
    uses: score/rfm
    from: lines
    with: { customer: id, at: day, amount: amount, recency: { bands: [30, 150], points: [2, 1, 0] } }
marts:
  lines: { from: lines, key: [id], columns: { name: { description: The name. } } }
  worth: { from: worth }
`,
  `pipeline: fuzzed
as_of: 2024-12-31
stages:
  people: { uses: collect/csv, with: { path: "*.csv" } }
  rows: { uses: collect/json, with: { path: rows.json } }
  unique: { uses: clean/dedupe, from: people, with: { keys: [[id], [email]], id: id, order: [{ by: day, descending: true }, { by: id }] } }
  joined: { uses: enrich/join, from: { left: unique, right: rows }, with: { on: [id], columns: [amount], unmatched: reject } }
  points: { uses: score/points, from: unique, with: { rules: [{ name: early, when: "day < as_of", points: 3 }] } }
  tiers:
    uses: segment/tiers
    from: points
    with: { value: score, into: tier, tiers: [{ name: low, below: 2 }, { name: high, from: 2 }] }
  out: { uses: activate/file, from: tiers, with: { path: out/tiers.csv, where: "score > 0" } }
marts: { tiers: { from: tiers }, merged: { from: unique.merged } }
`,
  `pipeline: fuzzed
stages:
  raw: { uses: collect/json, with: { path: rows.json } }
  derived: { uses: enrich/derive, from: raw, with: { columns: { a: "upper(name)", b: "id * 2", c: "list_transform([1, id], x -> x + 1)" } } }
marts: { derived: { from: derived, key: [id] } }
`,
]
