import { relative } from 'node:path'
import { SillageError } from '@sillage/base'
import type { Step } from '@sillage/plan'
import type { Column } from '@sillage/sql'
import { type FoundForm, type TextForm, textForms } from './infer-formats.ts'

const project = `# A Sillage project: this folder holds .sillage/ (a cache), state/ (keep it) and marts/ (what analysts open).
pipelines: ["*.yaml", "pipelines/*/pipeline.yaml"]
`
const ignore = 'node_modules/\n.sillage/\nmarts/\nout/\nsecrets/\nstate/suppression.key\n'

/** Files of a new project that runs: orders of a shop, made up, to customers by value. */
export function starter(): Readonly<Record<string, string>> {
  return {
    'sillage.yaml': project,
    '.gitignore': ignore,
    'data/orders.csv': orders,
    'pipeline.yaml': `# Orders of a shop to customers by recency, frequency and value. Run it: sillage run
pipeline: shop
as_of: 2026-01-01   # the day of the orders below; write today to follow the day of each run
stages:
  orders:
    uses: collect/csv
    with: { path: data/orders.csv }
  lines:
    uses: clean/contract
    from: orders
    with:
      columns:
        order:     { type: text, required: true }
        customer:  { type: text, required: true }
        ordered_on: { type: date, required: true }
        amount:    { type: "decimal(12,2)", min: 0 }
    expect:
      - unique: [order]
      - rejected: { max_share: 0.5 }
  scored:
    uses: score/rfm
    from: lines
    with:
      customer: customer
      at: ordered_on
      amount: amount
      transaction: order
      recency:   { bands: [30, 150], points: [2, 1, 0] }   # days since the last order: <30, 30–<150, ≥150
      frequency: { bands: [2, 4],    points: [0, 1, 2] }   # orders: <2, 2–3, ≥4
      monetary:  { bands: [50, 200], points: [0, 1, 2] }   # sum: <50, 50–<200, ≥200
      ties: same                                           # with quintiles: true instead of bands, equal figures get equal points
  customers:
    uses: segment/rules
    from: scored
    with:
      into: segment
      rules:
        - { name: champions, when: "rfm_points >= 5" }
        - { name: leaving,   when: "recency_days >= 150 and frequency >= 2" }
        - { name: lost,      when: "recency_days >= 150" }
      otherwise: active               # every rule is false
      otherwise_unknown: no_purchase  # a rule cannot be told: nothing bought up to as_of
  call_list:
    uses: activate/file
    from: customers
    with: { path: out/call-list.csv, where: "segment = 'leaving'" }
marts:
  customers: { from: customers, key: [customer], description: One row per customer. }
`,
  }
}

const orders = `order,customer,ordered_on,amount
1001,C01,2025-12-20,120.00
1002,C02,2025-03-02,40.50
1003,C01,2025-11-11,89.90
1004,C03,2025-06-30,15.00
1005,C02,2025-02-14,61.00
1006,C04,2025-12-28,12.50
1007,C01,2025-10-05,45.00
1008,,2025-10-06,19.90
1009,C05,2025-13-40,30.00
1010,C01,2025-09-17,33.30
`

/** A first pipeline for a file: its columns under a contract with the types that hold for every value. */
export async function contractFor({
  file,
  folder,
  name,
}: {
  readonly file: string
  readonly folder: string
  readonly name: string
}): Promise<{ readonly files: Readonly<Record<string, string>>; readonly notes: readonly string[] }> {
  const plugin = /\.parquet$/i.test(file)
    ? 'collect/parquet'
    : /\.(json|jsonl|ndjson)(\.(gz|zst|zip))?$/i.test(file)
      ? 'collect/json'
      : /\.(arrow|feather|ipc)$/i.test(file)
        ? 'collect/arrow'
        : 'collect/csv'
  const path = relative(folder, file) || file
  const head = `pipeline: ${name}\nstages:\n  raw:\n    uses: ${plugin}\n    with: { path: ${JSON.stringify(path)} }\n`
  const { columns, forms } = await columnsOf({ head, folder })
  const width = Math.max(...columns.map((column) => toName(column.name).length)) + 1
  const names = unique(columns.map((column) => toName(column.name)))
  const told = columns.map((column) => noteOn(forms.get(column.name)))
  const lines = columns.map((column, index) => {
    const form = forms.get(column.name)
    const options = typeOptions(column, form && isUsed(form) ? form.form : undefined)
    const note = told[index] === undefined ? '' : `   # ${told[index]}`
    return `        ${`${names[index]}:`.padEnd(width + 1)} { from: ${JSON.stringify(column.name)}, ${options} }${note}`
  })
  return {
    notes: told.flatMap((note, index) => (note === undefined ? [] : [`${names[index]}: ${note}`])),
    files: {
      'sillage.yaml': project,
      '.gitignore': ignore,
      'pipeline.yaml': `${head}  rows:
    uses: clean/contract
    from: raw
    with:
      columns:              # say what must hold: required: true, min: 0, values: [a, b], format: "%d/%m/%Y"
${lines.join('\n')}
    expect:
      - rejected: { max_share: 0.05 }
marts:
  ${names.includes('rows') ? 'all_rows' : 'rows'}: { from: rows, description: "Rows of ${path.replaceAll('"', '')}." }
`,
    },
  }
}

/** Rows that a type refuses must be few: a first run is to succeed. */
const mostOdd = 0.02

function isUsed({ odd, values }: FoundForm): boolean {
  return odd <= mostOdd * values
}

/** What a person should know of a column of which some values are not what the others are. */
function noteOn(found: FoundForm | undefined): string | undefined {
  if (found === undefined || found.odd === 0) return undefined
  const { odd, values, form } = found
  const type = form.type.replace(/\(.*/, '')
  const few = `${odd.toLocaleString('en')} of ${values.toLocaleString('en')} values ${odd === 1 ? 'is' : 'are'} no ${type}`
  return isUsed(found) ? `${few}: such rows are refused` : `text, since ${few}`
}

/** `type: date, format: "%d/%m/%Y"`. */
function typeOptions({ type }: Column, form: TextForm | undefined): string {
  const options = Object.entries(form ?? {}).filter(([name]) => name !== 'type')
  return [
    `type: ${typeFor(form?.type ?? type)}`,
    ...options.map(([name, value]) => `${name}: ${JSON.stringify(value)}`),
  ].join(', ')
}

async function formsOf(step: Step): Promise<ReadonlyMap<string, FoundForm>> {
  if (step.style !== 'source' || step.attach !== undefined) return new Map()
  const { Database } = await import('@sillage/duckdb')
  await using database = await Database.open({ path: ':memory:' })
  using session = await database.session()
  return await textForms({ columns: step.columns, relation: step.select }, (statement) =>
    session.row(statement),
  )
}

/** Compiles the head of the pipeline to learn what the source gives. */
async function columnsOf({
  head,
  folder,
}: {
  readonly head: string
  readonly folder: string
}): Promise<{ readonly columns: readonly Column[]; readonly forms: ReadonlyMap<string, FoundForm> }> {
  const { mkdtempSync, rmSync, writeFileSync, mkdirSync } = await import('node:fs')
  const { join } = await import('node:path')
  const { openPipeline } = await import('./workspace.ts')
  const { planPipeline } = await import('./planning.ts')
  mkdirSync(folder, { recursive: true })
  const scratch = mkdtempSync(join(folder, '.sillage-init-'))
  try {
    const text = head.replace(/path: "(?!\/)/, 'path: "../')
    writeFileSync(join(scratch, 'pipeline.yaml'), text)
    const { plan, diagnostics } = await planPipeline(
      await openPipeline(join(scratch, 'pipeline.yaml'), {}),
      new AbortController().signal,
    )
    const step = plan?.steps[0]
    if (!step)
      throw new SillageError({
        code: 'init_source',
        message: diagnostics[0]?.message ?? 'The file cannot be read',
        hint: diagnostics[0]?.hint,
      })
    return { columns: step.columns, forms: await formsOf(step) }
  } finally {
    rmSync(scratch, { recursive: true, force: true })
  }
}

function toName(text: string): string {
  const plain = text
    .normalize('NFD')
    .replaceAll(/\p{M}/gu, '')
    .replaceAll(/([a-z\d])([A-Z])/g, '$1_$2')
    .toLowerCase()
    .replaceAll(/[^a-z0-9]+/g, '_')
    .replaceAll(/^_+|_+$/g, '')
  return /^[a-z]/.test(plain) ? plain : `column_${plain || 'x'}`
}

function unique(names: readonly string[]): readonly string[] {
  return names.map((name, index) =>
    names.indexOf(name) === index
      ? name
      : `${name}_${names.slice(0, index).filter((other) => other === name).length + 1}`,
  )
}

function typeFor(type: string): string {
  if (/^(U?(TINY|SMALL|BIG|HUGE)?INT(EGER)?)$/.test(type)) return 'integer'
  if (/^DECIMAL/i.test(type)) return `"${type.toLowerCase()}"`
  if (type === 'date' || type === 'integer') return type
  if (type === 'DATE' || type === 'DOUBLE' || type === 'BOOLEAN') return type.toLowerCase()
  if (type === 'FLOAT') return 'double'
  return type.startsWith('TIMESTAMP') ? 'timestamp' : 'text'
}
