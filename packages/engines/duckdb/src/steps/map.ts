import type { BatchStep } from '@sillage/plan'
import { type Column, placeColumns, sql } from '@sillage/sdk'
import type { MadeRows, Order, Work } from '@sillage/steps'
import { newRows, nextRow } from './narrow.ts'
import { stepTable } from './relations.ts'
import { streamThrough } from './stream.ts'
import type { Workshop } from './workshop.ts'

export type MapWork = Extract<Work, { readonly kind: 'map' }>

/**
 * Sends the columns that are read through the work, and joins what comes back to the other columns by position: both sides are read in the
 * order of the stored input. Work that reads every column needs no join.
 */
export async function makeMap(
  step: BatchStep,
  { how, work }: { readonly how: Order['how']; readonly work: MapWork },
  shop: Workshop,
): Promise<MadeRows> {
  if (how.kind !== 'append') {
    const read = await makeRows({ step, work, input: step.input, append: false }, shop)
    return { ...(await count(step, 0, shop)), read }
  }
  const narrowed = await newRows(how.since, shop)
  const input = `(${narrowed.map(({ only }) => only).join('\nunion all by name\n')})`
  const first = await nextRow(step.stage, shop)
  const { n } = await shop.session.row<{ n: number }>(`select count(*) as n from ${input}`)
  const read = await makeRows({ step, work, input, append: true }, shop)
  return { ...(await count(step, first, shop)), read, expected: n }
}

interface MapFacts {
  readonly step: BatchStep
  readonly work: MapWork
  readonly input: string
  /** Table in the schema `step`; that of the step unless said. */
  readonly into?: string
  /** Whether rows are added to the step's table, which is there. */
  readonly append: boolean
}

/** Streams the input through the work into the step's table. Returns how many rows went through. */
export async function makeRows(
  { step, work, input, into = step.stage, append }: MapFacts,
  shop: Workshop,
): Promise<number> {
  const { session } = shop
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
    places: placesOf(step),
    made,
  })
  const table = stepTable(into).text
  await session.run(
    append ? `insert into ${table} by name\n${joined}` : `create or replace table ${table} as\n${joined}`,
  )
  await session.run(`drop table ${made}`)
  return rows
}

/** Where the rows stand, as far as the step's table says it. */
function placesOf({ provenance, carries, rejects }: BatchStep): 'none' | 'of refused' | 'of all' {
  if (!provenance) return 'none'
  return carries || rejects.length === 0 ? 'of all' : 'of refused'
}

/** Columns in the order of the relation: made ones from the side table, the rest from the input; then the reserved ones. */
export function joinByPosition({
  input,
  columns,
  makes,
  places = 'none',
  made,
}: {
  readonly input: string
  readonly columns: readonly Column[]
  readonly makes: readonly Column[]
  /** Of which rows `_file` and `_line` of the input are kept. */
  readonly places?: 'none' | 'of refused' | 'of all'
  readonly made: string
}): string {
  const fromMade = new Set(makes.map((column) => column.name))
  const reserved = makes.filter((column) => column.name.startsWith('_'))
  const list = [...columns, ...reserved].map(
    ({ name }) => sql`${sql.trusted(fromMade.has(name) ? 'made' : 'read')}.${sql.id(name)}`,
  )
  for (const name of places === 'none' ? [] : placeColumns) {
    const place = sql`read.${sql.id(name)}`
    list.push(
      sql`${places === 'of all' ? place : sql`case when made._reject <> 0 then ${place} end`} as ${sql.id(name)}`,
    )
  }
  return `select ${sql.join(list).text}\nfrom ${input} as read\npositional join ${made} as made`
}

/** Counts the rows of the step's table from a position on. */
async function count(step: BatchStep, first: number, { session }: Workshop): Promise<MadeRows> {
  const refuses = step.rejects.length > 0
  const row = await session.row<{ accepted: number; refused: number }>(
    `select count(*)${refuses ? ' filter (where _reject = 0)' : ''} as accepted, ${refuses ? 'count(*) filter (where _reject <> 0)' : '0'} as refused from ${stepTable(step.stage).text}${first > 0 ? ` where rowid >= ${first}` : ''}`,
  )
  return { read: undefined, ...row, grouped: undefined, keptOut: 0, outputs: {} }
}
