import { sql } from '@sillage/sdk'
import {
  isAllMade,
  joinByPosition,
  type MadeRows,
  type MapWork,
  measureRows,
  type Order,
  placesKept,
  sortedByKey,
  stepTable,
} from '@sillage/steps'
import { behind, newRows, nextRow } from './narrow.ts'
import { showOutputs } from './outputs.ts'
import { streamThrough } from './stream.ts'
import type { Workshop } from './workshop.ts'

/** Before the transaction of a step that works by key: what it reads, in the order of the key, where its batches can be cut between groups. */
export async function sortInput(step: MapWork['step'], { session }: Workshop): Promise<void> {
  if (step.key.length === 0) return
  await session.run(`create or replace table ${sortedOf(step)} as\n${sortedByKey(step.input, step.key)}`)
}

/**
 * Sends the columns that are read through the work, and joins what comes back to the other columns by position: both sides are read in the
 * order of the stored input. Work that reads every column needs no join.
 */
export async function makeMap(work: MapWork, how: Order['how'], shop: Workshop): Promise<MadeRows> {
  const { step } = work
  if (how.kind !== 'append') {
    const input = step.key.length === 0 ? step.input : sortedOf(step)
    const read = await makeRows({ work, input, append: false }, shop)
    if (step.key.length > 0) await shop.session.run(`drop table ${input}`)
    const measured = await measureRows(shop.session, step)
    const outputs = await showOutputs(step, Object.keys(step.outputs), shop)
    return { ...measured, read, outputs }
  }
  const narrowed = await newRows(how.since, shop)
  const input = `(${narrowed.map(({ only }) => only).join('\nunion all by name\n')})`
  const first = await nextRow(step.stage, shop)
  const { n } = await shop.session.row<{ n: number }>(`select count(*) as n from ${input}`)
  const read = await makeRows({ work, input, append: true }, shop)
  return { ...(await measureRows(shop.session, step, behind(first))), read, expected: n }
}

function sortedOf({ stage }: MapWork['step']): string {
  return stepTable(stage, 'sorted').text
}

interface MapFacts {
  readonly work: MapWork
  readonly input: string
  /** Table in the schema `step`; that of the step unless said. */
  readonly into?: string
  /** Whether rows are added to the step's table, which is there. */
  readonly append: boolean
}

/** Streams the input through the work into the step's table. Returns how many rows went through. */
export async function makeRows(
  { work, input, into = work.step.stage, append }: MapFacts,
  shop: Workshop,
): Promise<number> {
  const { session } = shop
  const { step } = work
  const made = stepTable(step.stage, 'made').text
  const isWhole = isAllMade(step)
  const rows = await streamThrough(
    {
      select: `select ${sql.join(step.reads.map((name) => sql.id(name))).text} from ${input}`,
      reads: step.reads.length,
      batchRows: step.limits.batchRows,
      groups: step.key.length === 0 ? undefined : { table: input, key: step.key },
      beside: step.beside,
      through: work.through,
      output: work.output,
      table: { schema: 'step', table: isWhole ? into : `${step.stage}.made` },
      append: isWhole && append,
      outputs: outputTables(step),
      stage: step.stage,
    },
    shop,
  )
  if (isWhole) return rows
  const joined = joinByPosition({
    input,
    columns: step.columns,
    makes: work.output,
    places: placesKept(step),
    made,
  })
  const table = stepTable(into).text
  await session.run(
    append ? `insert into ${table} by name\n${joined}` : `create or replace table ${table} as\n${joined}`,
  )
  await session.run(`drop table ${made}`)
  return rows
}

function outputTables({
  stage,
  outputs,
}: MapWork['step']): NonNullable<Parameters<typeof streamThrough>[0]['outputs']> {
  return Object.fromEntries(
    Object.entries(outputs).map(([name, { columns }]) => [
      name,
      { columns, table: { schema: 'step', table: `${stage}.${name}` } },
    ]),
  )
}
