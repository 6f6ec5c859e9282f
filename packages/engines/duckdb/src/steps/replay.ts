import { type RowRange, rangesOf } from '@sillage/ledger'
import type { Step, StepParts } from '@sillage/plan'
import { type Column, sql } from '@sillage/sdk'
import {
  replayImpossible as impossible,
  type MadeRows,
  type MapWork,
  type Order,
  type SelectWork,
  stepTable,
} from '@sillage/steps'
import { makeRows } from './map.ts'
import { type Narrowed, narrow, widen } from './narrow.ts'
import { acceptedRows } from './relations.ts'
import { keepRefused } from './scan.ts'
import type { Workshop } from './workshop.ts'

/** What a replay left: the counts of the step's whole table, and which of its rows are new. */
export interface Replayed {
  readonly rows: MadeRows
  readonly ranges: readonly Omit<RowRange, 'stage'>[]
}

/** Work whose refused rows can be sent through it again. */
type Ruled = SelectWork | MapWork

type Rules = Ruled['step']

/**
 * Sends the refused rows of a step, and no others, through its rules again. Those that pass join the accepted ones, behind them; those that are
 * refused again stay refused; what was refused until now is kept in `sillage.reject_history`. Rows accepted before are left as they are.
 * Within the step's transaction. Throws `replay_impossible` where the refused rows cannot be found again.
 */
export async function replay(order: Order, shop: Workshop): Promise<Replayed> {
  const work = rulesOf(order)
  const { step } = work
  if (!order.before) throw impossible(step, 'it never ran')
  const { counts: before, parts } = order.before
  assertSameColumns(step, parts)
  const { session } = shop
  const table = stepTable(step.stage).text
  const { input, all } = await inputOf(step, shop)
  const narrowed = await refusedRows(step, { input, all, parts }, shop)
  await keepHistory(step, shop)
  await session.run('drop table if exists step."replay.accepted"')
  await session.run(`create table step."replay.accepted" as from ${table} where _reject = 0`)
  const again = await sendAgain(work, { narrowed, order }, shop)
  if (again !== before.rejected)
    throw impossible(step, `${again} of its ${before.rejected} refused rows are found in what it reads`)
  const rows = await count(session, `(${all})`)
  if (rows !== before.rows_in)
    throw impossible(step, `it would read ${rows} rows instead of ${before.rows_in}: others came or went`)
  const kept = await count(session, 'step."replay.accepted"')
  await session.run(
    `create or replace table ${table} as from step."replay.accepted" union all by name from step."replay.again"`,
  )
  for (const name of ['accepted', 'again']) await session.run(`drop table step."replay.${name}"`)
  const refused = await count(session, `${table} where _reject <> 0`)
  const accepted = kept + again - refused
  return {
    rows: {
      read: before.rows_in ?? undefined,
      accepted,
      refused,
      grouped: undefined,
      keptOut: 0,
      outputs: {},
    },
    ranges: [
      { fingerprint: before.fingerprint, first_row: 0, rows: kept, run: before.run },
      { fingerprint: step.fingerprint, first_row: kept, rows: again, run: shop.order.run },
    ],
  }
}

function rulesOf({ step, work }: Order): Ruled {
  if (work.kind !== 'select' && work.kind !== 'map')
    throw impossible(step, `a ${step.style} step has no rules`)
  const { rows, outputs } = work.step
  if (rows !== 'same') throw impossible(step, 'its rows do not stand for one row each of its input')
  if (Object.keys(outputs).length > 0) throw impossible(step, 'its further outputs would not follow')
  return work
}

/** Rows that stay cannot have a column that was added since, nor another type. */
function assertSameColumns(step: Rules, parts: string): void {
  const before = JSON.parse(parts) as Partial<StepParts>
  const shape = (columns: readonly Column[] = []): string =>
    columns.map(({ name, type }) => `${name} ${type}`).join('\n')
  if (shape(before.columns) !== shape(step.parts.columns)) throw impossible(step, 'its columns changed')
  if (before.provenance !== step.parts.provenance)
    throw impossible(step, 'it did not say until now where its rows stand')
}

/** Makes `step."replay.again"` of the narrowed input. Gives its rows. */
async function sendAgain(
  work: Ruled,
  { narrowed, order }: { readonly narrowed: readonly Narrowed[]; readonly order: Order },
  shop: Workshop,
): Promise<number> {
  const { session } = shop
  const { step } = work
  if (work.kind === 'map') {
    const input = `(${narrowed.map(({ only }) => only).join('\nunion all by name\n')})`
    return await makeRows({ work, input, into: 'replay.again', append: false }, shop)
  }
  const broken = await brokenLines(order, shop)
  await narrow(narrowed, shop)
  await session.run(`create or replace table step."replay.again" as\n${work.step.select}`)
  for (const source of order.fused) await keepRefused(source, shop)
  await widen(narrowed, shop)
  if ((await brokenLines(order, shop)) !== broken)
    throw impossible(step, 'other lines of its source are broken now, so that lines have moved')
  return await count(session, 'step."replay.again"')
}

interface Input {
  readonly input: Step
  /** A select of all its rows. */
  readonly all: string
}

async function inputOf(step: Rules, { session, steps }: Workshop): Promise<Input> {
  const references = Object.values(step.inputs).flat()
  const input = steps.get(references[0]!)
  if (references.length !== 1 || !input) throw impossible(step, 'it reads several relations')
  return {
    input,
    all: input.stored === undefined ? selectOf(input) : await acceptedRows(session, input),
  }
}

/** Shows of the step's input only the rows that it refused: by file and line where both say them, else by position. */
async function refusedRows(
  step: Rules,
  { input, all, parts }: Input & { readonly parts: string },
  shop: Workshop,
): Promise<readonly Narrowed[]> {
  const table = stepTable(step.stage).text
  if (input.style === 'source' && input.provenance && step.provenance) {
    const places = `(_file, _line) in (select (_file, _line) from ${table} where _reject <> 0)`
    return [{ stage: input.stage, only: `select * from (${all}) where ${places}`, refused: undefined }]
  }
  if (input.stored === undefined) throw impossible(step, `"${input.stage}" does not say where its rows stand`)
  if (await hasMoved(step, { input, parts }, shop))
    throw impossible(step, `"${input.stage}" changed, or the step was replayed before`)
  const positions = `select rowid from ${table} where _reject <> 0`
  const numbered = `select *, row_number() over () - 1 as _position from (${all})`
  return [
    {
      stage: input.stage,
      only: `select * exclude (_position) from (${numbered}) where _position in (${positions})`,
      refused: undefined,
    },
  ]
}

/** True where the rows of a step no longer stand in the order of its input. */
async function hasMoved(
  step: Rules,
  { input, parts }: { readonly input: Step; readonly parts: string },
  { session }: Workshop,
): Promise<boolean> {
  const { n } = await session.row<{ n: number }>(
    sql`select count(*) as n from sillage.reject_history where stage = ${step.stage}`.text,
  )
  const ranges = await rangesOf(session, input.stage)
  return n > 0 || ranges.at(-1)?.fingerprint !== input.fingerprint || !parts.includes(input.fingerprint)
}

function selectOf(step: Step): string {
  if (step.style !== 'source' && step.style !== 'sql') throw impossible(step, 'it is no SQL')
  return step.select
}

async function brokenLines({ fused }: Order, { session }: Workshop): Promise<number> {
  let lines = 0
  for (const source of fused) {
    if (source.style !== 'source' || source.refused === undefined) continue
    lines += await count(session, stepTable(source.stage, 'refused').text)
  }
  return lines
}

async function keepHistory(step: Rules, { session, order: { run, now } }: Workshop): Promise<void> {
  const reject = sql.id('reject', step.stage).text
  const columns = await session.rows<{ column_name: string }>(`describe ${reject}`)
  const names = columns.map((column) => column.column_name)
  const own = names.filter((name) => !['run', 'at', 'codes', 'reasons', 'file', 'line'].includes(name))
  const fields = own.map((name) => sql`${sql.id(name)} := ${sql.id(name)}`)
  const raw = names.includes('raw') ? sql`raw` : sql`to_json(struct_pack(${sql.join(fields)}))::varchar`
  const place = names.includes('file') ? sql`file, line` : sql`null, null`
  await session.run(
    sql`insert into sillage.reject_history select ${step.stage}, ${run}, ${now()}, run, ${place}, ${raw}, codes, reasons from ${sql.id('reject', step.stage)}`
      .text,
  )
}

async function count(session: Workshop['session'], from: string): Promise<number> {
  return (await session.row<{ n: number }>(`select count(*) as n from ${from}`)).n
}
