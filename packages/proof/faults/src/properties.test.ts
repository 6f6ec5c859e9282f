import { runInProcess, type Told } from '@sillage/cli/testing/in-process'
import fc from 'fast-check'
import { expect, it } from 'vitest'
import { martSnapshot, type Snapshot } from './kills/snapshot.ts'
import { Project } from './project.ts'

interface Row {
  readonly id: string
  readonly customer: string
  readonly email: string
  readonly day: string
  readonly amount: string
}

const row: fc.Arbitrary<Row> = fc.record({
  id: fc.oneof(
    { weight: 9, arbitrary: fc.integer({ min: 0, max: 60 }).map(String) },
    { weight: 1, arbitrary: fc.constant('x') },
  ),
  customer: fc.constantFrom('anna', 'Bob', 'Zoé', 'O’Neil', 'c-9', ''),
  email: fc.constantFrom('a@example.org', 'B@Example.org', 'nowhere', ''),
  day: fc.oneof(
    fc
      .date({ min: new Date('2024-01-01'), max: new Date('2025-12-31'), noInvalidDate: true })
      .map((day) => day.toISOString().slice(0, 10)),
    fc.constantFrom('2024-02-30', ''),
  ),
  amount: fc.oneof(
    fc.integer({ min: -50, max: 90_000 }).map((cents) => (cents / 100).toFixed(2)),
    fc.constant('free'),
  ),
})

/** A run of arbitrary rows may refuse them all, and is still held to the law. */
const mayRefuseAll = 'expect: [{ rejected: { max_share: 1 } }]'

/** Stages by what they do, each reading the stage before. */
const links: readonly ((name: string, from: string) => string)[] = [
  (name, from) =>
    `  ${name}: { uses: enrich/derive, from: ${from}, with: { columns: { ${name}_x: "coalesce(cast(amount as double), 0) * 2" } } }`,
  (name, from) =>
    `  ${name}: { uses: clean/dedupe, from: ${from}, with: { keys: [[customer, day]], order: [{ by: amount }, { by: id }, { by: email }] } }`,
  (name, from) =>
    `  ${name}: { uses: clean/contract, from: ${from}, with: { columns: { id: { type: integer }, customer: { type: text }, email: { type: text, pattern: "[^@]+@.+" }, day: { type: date }, amount: { type: "decimal(12,2)", min: 1 } } }, ${mayRefuseAll} }`,
  (name, from) =>
    `  ${name}: { uses: score/points, from: ${from}, with: { into: ${name}_points, rules: [{ name: rich, when: "amount > 100", points: 3 }] } }`,
  (name, from) => `  ${name}: { uses: clean/contacts, from: ${from}, with: { email: email } }`,
]

function pipelineOf(chain: readonly number[], path: string): string {
  const stages = ['lines', ...chain.map((_, index) => `s${index}`)]
  const chained = chain.map((link, index) => links[link]!(stages[index + 1]!, stages[index]!))
  return `pipeline: p
as_of: 2026-01-01
stages:
  raw: { uses: collect/csv, with: { path: "${path}", all_text: true } }
  lines: { uses: clean/contract, from: raw, with: { columns: { id: { type: integer, required: true }, customer: { type: text }, email: { type: text }, day: { type: date }, amount: { type: "decimal(12,2)" } } }, ${mayRefuseAll} }
${chained.join('\n')}
  worth: { uses: score/rfm, from: lines, with: { customer: customer, at: day, amount: amount, quintiles: true } }
marts: { last: { from: ${stages.at(-1)} }, worth: { from: worth } }
`
}

const header = 'id,customer,email,day,amount'
const csv = (rows: readonly Row[]): string =>
  `${header}\n${rows.map(({ id, customer, email, day, amount }) => [id, customer, email, day, amount].join(',')).join('\n')}\n`

interface Step {
  readonly stage: string
  readonly rows_in: number | null
  readonly rows_out: number
  readonly rejected: number
  readonly merged: number
  readonly filtered: number
}

/** Nothing dies here: a command runs within the process of the test. */
function run({ folder }: Project, args: readonly string[]): Promise<Told> {
  return runInProcess(args, { folder, env: {} })
}

/** Runs, holds every step to the law, and gives the mart. */
async function runLawful(project: Project, rows: number): Promise<Snapshot> {
  const { run: told } = succeeded(await run(project, ['run', '--output', 'json'])) as {
    readonly run: { readonly steps: readonly Step[] }
  }
  const raw = told.steps.find(({ stage }) => stage === 'raw')!
  expect(raw.rows_out + raw.rejected).toBe(rows)
  for (const { stage, rows_in, rows_out, rejected, merged, filtered } of told.steps)
    if (rows_in !== null) expect(rows_out + rejected + merged + filtered, stage).toBe(rows_in)
  return (await martSnapshot(project.path('marts/p.duckdb')))!
}

function succeeded({ exit, out, err }: Told): unknown {
  expect(exit, err + out).toBe(0)
  return JSON.parse(out)
}

it('whatever comes in and whatever is done to it: no row goes missing, files may be cut anywhere, and a second plan reuses all', async () => {
  await fc.assert(
    fc.asyncProperty(
      fc.array(row, { minLength: 1, maxLength: 80 }),
      fc.array(fc.nat({ max: links.length - 1 }), { maxLength: 3 }),
      fc.array(fc.nat({ max: 79 }), { maxLength: 3 }),
      async (rows, chain, cuts) => {
        using whole = new Project({ 'pipeline.yaml': pipelineOf(chain, 'a.csv'), 'a.csv': csv(rows) })
        const mart = await runLawful(whole, rows.length)
        const { steps } = succeeded(await run(whole, ['plan', '--output', 'json'])) as {
          readonly steps: readonly { readonly stage: string; readonly action: string }[]
        }
        expect(steps.filter(({ action }) => action !== 'reuse')).toEqual([])
        const bounds = [
          0,
          ...cuts.map((cut) => Math.min(cut, rows.length)).sort((a, b) => a - b),
          rows.length,
        ]
        const parts = bounds.slice(1).map((end, index) => rows.slice(bounds[index], end))
        using cut = new Project({ 'pipeline.yaml': pipelineOf(chain, 'parts/*.csv') })
        for (const [index, part] of parts.entries()) cut.write(`parts/${index}.csv`, csv(part))
        expect(await runLawful(cut, rows.length)).toEqual(mart)
      },
    ),
    { numRuns: 6, endOnFailure: true },
  )
})

it('rows that arrive file by file, and as lines of the last file, give what they give at once', async () => {
  await fc.assert(
    fc.asyncProperty(
      fc.array(row, { minLength: 4, maxLength: 60 }),
      fc.array(fc.nat({ max: links.length - 1 }), { maxLength: 3 }),
      fc.tuple(fc.nat({ max: 59 }), fc.nat({ max: 59 }), fc.nat({ max: 59 })),
      async (rows, chain, cuts) => {
        const [first, second, third] = cuts
          .map((cut) => 1 + (cut % (rows.length - 1)))
          .sort((a, b) => a - b) as [number, number, number]
        using slowly = new Project({ 'pipeline.yaml': pipelineOf(chain, 'parts/*.csv') })
        slowly.write('parts/0.csv', csv(rows.slice(0, first)))
        await runLawful(slowly, first)
        for (const end of [second, third, rows.length]) {
          slowly.write('parts/0.csv', csv(rows.slice(0, first)))
          slowly.write('parts/1.csv', csv(rows.slice(first, end)))
          await runLawful(slowly, end)
        }
        using whole = new Project({ 'pipeline.yaml': pipelineOf(chain, 'a.csv'), 'a.csv': csv(rows) })
        expect(await martSnapshot(slowly.path('marts/p.duckdb'))).toEqual(await runLawful(whole, rows.length))
      },
    ),
    { numRuns: 3, endOnFailure: true },
  )
})

it('a replay under looser rules gives what a whole run gives, and a second one changes nothing', async () => {
  const pipeline = (min: number): string =>
    pipelineOf([0, 3], 'a.csv').replace(
      'amount: { type: "decimal(12,2)" } } }',
      `amount: { type: "decimal(12,2)", min: ${min} } } }`,
    )
  await fc.assert(
    fc.asyncProperty(
      fc.array(row, { minLength: 5, maxLength: 60 }),
      fc.integer({ min: 0, max: 500 }),
      fc.integer({ min: 1, max: 500 }),
      async (rows, min, less) => {
        using project = new Project({ 'pipeline.yaml': pipeline(min), 'a.csv': csv(rows) })
        await runLawful(project, rows.length)
        project.write('pipeline.yaml', pipeline(min - less))
        const replay = await run(project, ['replay', '--stage', 'lines', '--output', 'json'])
        if (replay.exit !== 0) {
          expect(replay.out).toContain('refused no rows')
          return
        }
        const replayed = await martSnapshot(project.path('marts/p.duckdb'))
        expect((await run(project, ['replay', '--stage', 'lines', '--output', 'json'])).exit).toBe(1)
        expect(await martSnapshot(project.path('marts/p.duckdb'))).toEqual(replayed)
        using whole = new Project({ 'pipeline.yaml': pipeline(min - less), 'a.csv': csv(rows) })
        expect(replayed).toEqual(await runLawful(whole, rows.length))
      },
    ),
    { numRuns: 3, endOnFailure: true },
  )
})
