import { readFileSync } from 'node:fs'
import type { Files } from '../project.ts'
import { randomFrom, whole } from '../random.ts'
import { type Feed, feedPageSize } from './feed.ts'
import type { Scenario } from './scenario.ts'

/** Five pipelines: SQL alone, a step in workers, a program, a source with a cursor, and sinks, which post their messages to `url`. */
export function scenarios(url: string, feed: Feed): readonly Scenario[] {
  return [chain, contacts, graph, orders(feed), leads(url)]
}

const chain: Scenario = {
  name: 'chain',
  delivers: [],
  sendsMessages: false,
  project: {
    'pipeline.yaml': `pipeline: chain
as_of: 2026-01-01
stages:
  raw: { uses: collect/csv, with: { path: "orders/*.csv", all_text: true } }
  lines:
    uses: clean/contract
    from: raw
    with:
      columns:
        id: { type: integer, required: true }
        customer: { type: text, required: true }
        day: { type: date }
        amount: { type: "decimal(12,2)", min: 0 }
    expect: [ { row_count: { min: 1 } } ]
  worth: { uses: enrich/derive, from: lines, with: { columns: { cents: "cast(amount * 100 as bigint)", half: "upper(left(customer, 2))" } } }
  customers:
    uses: score/rfm
    from: worth
    with: { customer: customer, at: day, amount: amount, transaction: id, quintiles: true }
marts:
  lines: { from: worth }
  customers: { from: customers, key: [customer] }
`,
  },
  versions: versionsOf({
    header: 'id,customer,day,amount',
    folder: 'orders',
    files: 4,
    rows: 6000,
    line: (id, random) => {
      const amount = whole(random, 50) === 0 ? 'free' : (random() * 900).toFixed(2)
      const day = new Date(Date.UTC(2024, 0, 1 + whole(random, 700))).toISOString().slice(0, 10)
      return `${id},c${whole(random, 1500)},${day},${amount}`
    },
  }),
}

const contacts: Scenario = {
  name: 'contacts',
  delivers: [],
  sendsMessages: false,
  project: {
    'pipeline.yaml': `pipeline: contacts
stages:
  raw: { uses: collect/csv, with: { path: "people/*.csv", all_text: true } }
  tidy:
    uses: clean/contacts
    from: raw
    with: { name: { first: first, last: last }, email: email, phones: [phone], postcode: postcode, require: [name, contact_point] }
  known: { uses: enrich/derive, from: tidy, with: { columns: { who: "last || ' ' || id" } } }
marts:
  people: { from: known, key: [id] }
  tidy: { from: tidy }
`,
  },
  versions: versionsOf({
    header: 'id,first,last,email,phone,postcode',
    folder: 'people',
    files: 2,
    rows: 1200,
    line: (id, random) => {
      const isEmpty = whole(random, 40) === 0
      const email = isEmpty ? '' : whole(random, 9) === 0 ? 'nowhere' : `P${id}@Example.org`
      const phone = isEmpty ? '12' : `06 ${String(10_000_000 + whole(random, 89_999_999))}`
      return `${id},JEAN-${'AB'[whole(random, 2)]},de la TOUR ${whole(random, 900)},${email},${phone},${1000 + whole(random, 95_000)}`
    },
  }),
}

/** The test kit's own program, as a plugin of the project: three steps, and two outputs that a mart each shows. */
const graph: Scenario = {
  name: 'graph',
  delivers: [],
  sendsMessages: false,
  inside: ['program.step.before_commit', 'program.step.after_commit'],
  project: {
    'sillage.yaml': 'plugins: [./plugins/components.ts]\n',
    'plugins/components.ts': readFileSync(new URL('../../../testkit/src/components.ts', import.meta.url)),
    'pipeline.yaml': `pipeline: graph
stages:
  raw: { uses: collect/csv, with: { path: "edges/*.csv", all_text: true } }
  found: { uses: enrich/components, from: raw, with: { from: a, to: b } }
marts:
  nodes: { from: found, key: [node] }
  sizes: { from: found.sizes, key: [component] }
`,
  },
  versions: versionsOf({
    header: 'id,a,b',
    folder: 'edges',
    files: 3,
    rows: 4000,
    line: (id, random) => `${id},n${whole(random, 9000)},n${whole(random, 9000)}`,
  }),
}

function orders(feed: Feed): Scenario {
  const records = [1000, 1013, 1990]
  return {
    name: 'orders',
    delivers: [],
    sendsMessages: false,
    onlyGrows: true,
    show: (version) => feed.show(records[version]!),
    project: {
      'pipeline.yaml': `pipeline: orders
stages:
  raw: { uses: collect/http, with: { url: "${feed.url}", next: page, page_size: ${feedPageSize}, columns: { id: id, customer: customer, amount: amount } } }
  lines:
    uses: clean/contract
    from: raw
    with: { columns: { id: { type: integer, required: true }, customer: { type: text }, amount: { type: "decimal(12,2)", min: 0 } } }
  cents: { uses: enrich/derive, from: lines, with: { columns: { cents: "cast(amount * 100 as bigint)" } } }
marts:
  orders: { from: cents, key: [id] }
`,
    },
    versions: records.map(() => ({})),
  }
}

function leads(url: string): Scenario {
  return {
    name: 'leads',
    delivers: ['out/leads.csv', 'out/leads.parquet'],
    sendsMessages: true,
    project: {
      'pipeline.yaml': `pipeline: leads
stages:
  raw: { uses: collect/csv, with: { path: "leads/*.csv" } }
  hot: { uses: enrich/derive, from: raw, with: { columns: { hot: "score >= 50" } } }
  crm: { uses: activate/webhook, from: hot, with: { url: "${url}", where: hot, columns: [id, email, score], key: [id], mode: mirror, max_removed: 1, batch: 25, attempts: 3, first_wait_seconds: 0.01 } }
  list: { uses: activate/file, from: hot, with: { path: out/leads.csv } }
  table: { uses: activate/file, from: hot, with: { path: out/leads.parquet } }
marts:
  leads: { from: hot, key: [id] }
`,
    },
    versions: versionsOf({
      header: 'id,email,score',
      folder: 'leads',
      files: 2,
      rows: 300,
      line: (id, random) => `${id},l${id}@example.org,${whole(random, 100)}`,
    }),
  }
}

interface Generated {
  readonly header: string
  readonly folder: string
  readonly files: number
  /** Of each file. */
  readonly rows: number
  readonly line: (id: number, random: () => number) => string
}

/** Three versions: one; the same with lines appended to its last file and a file more; and one whose first file is another. */
function versionsOf({ header, folder, files, rows, line }: Generated): readonly Files[] {
  const file = (number: number, count: number, seed: number): string => {
    const random = randomFrom(seed)
    const lines = Array.from({ length: count }, (_, row) => line(number * 1_000_000 + row, random))
    return `${header}\n${lines.join('\n')}\n`
  }
  const name = (number: number): string => `${folder}/part-${number}.csv`
  const first = Object.fromEntries(
    Array.from({ length: files }, (_, number) => [name(number), file(number, rows, number)]),
  )
  const last = files - 1
  return [
    first,
    { ...first, [name(last)]: file(last, rows + 500, last), [name(files)]: file(files, rows, files) },
    { ...first, [name(0)]: file(0, rows - 100, 99) },
  ]
}
