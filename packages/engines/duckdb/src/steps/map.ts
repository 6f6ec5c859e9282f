import { sql } from '@sillage/sdk'
import {
  joinByPosition,
  type MadeRows,
  type MapWork,
  measureRows,
  type Order,
  placesKept,
  stepTable,
} from '@sillage/steps'
import { behind, newRows, nextRow } from './narrow.ts'
import { streamThrough } from './stream.ts'
import type { Workshop } from './workshop.ts'

/**
 * Sends the columns that are read through the work, and joins what comes back to the other columns by position: both sides are read in the
 * order of the stored input. Work that reads every column needs no join.
 */
export async function makeMap(work: MapWork, how: Order['how'], shop: Workshop): Promise<MadeRows> {
  const { step } = work
  if (how.kind !== 'append') {
    const read = await makeRows({ work, input: step.input, append: false }, shop)
    return { ...(await measureRows(shop.session, step)), read }
  }
  const narrowed = await newRows(how.since, shop)
  const input = `(${narrowed.map(({ only }) => only).join('\nunion all by name\n')})`
  const first = await nextRow(step.stage, shop)
  const { n } = await shop.session.row<{ n: number }>(`select count(*) as n from ${input}`)
  const read = await makeRows({ work, input, append: true }, shop)
  return { ...(await measureRows(shop.session, step, behind(first))), read, expected: n }
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
  const whole =
    !step.provenance && step.columns.every((column) => step.makes.some((one) => one.name === column.name))
  const rows = await streamThrough(
    {
      select: `select ${sql.join(step.reads.map((name) => sql.id(name))).text} from ${input}`,
      reads: step.reads.length,
      through: work.through,
      output: work.output,
      table: { schema: 'step', table: whole ? into : `${step.stage}.made` },
      append: whole && append,
      stage: step.stage,
    },
    shop,
  )
  if (whole) return rows
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
