import { exitCode, SillageError } from '@sillage/base'
import { type Segment, type StepCounts, segmentsOf } from '@sillage/ledger'
import type { BatchStep, SqlPlanStep, Step, StepParts } from '@sillage/plan'
import { type Column, sql } from '@sillage/sdk'
import { type Narrowed, narrow, widen } from '../appending.ts'
import type { RunContext } from '../context.ts'
import { fusedSteps } from '../fused.ts'
import { acceptedRows, stepTable } from '../relations.ts'
import { makeRows } from './batch.ts'
import { keepRefused } from './source.ts'

/** What a replay left: the counts of the step's whole table, and which of its rows are new. */
export interface Replayed {
  readonly counts: StepCounts
  readonly segments: readonly Pick<Segment, 'fingerprint' | 'first_row' | 'rows' | 'run'>[]
}

/**
 * Sends the refused rows of a step, and no others, through its rules again. Those that pass join the accepted ones, behind them; those that are
 * refused again stay refused; what was refused until now is kept in `sillage.reject_history`. Rows accepted before are left as they are.
 * Within the step's transaction. Throws `replay_impossible` where the refused rows cannot be found again.
 */
export async function replay(step: Step, context: RunContext): Promise<Replayed> {
  if (step.style !== 'sql' && step.style !== 'batch')
    throw impossible(step, `a ${step.style} step has no rules`)
  if (step.rows !== 'same') throw impossible(step, 'its rows do not stand for one row each of its input')
  const { session, run } = context
  const before = context.known.get(step.stage)
  if (!before) throw impossible(step, 'it never ran')
  assertSameColumns(step, context)
  const table = stepTable(step.stage).text
  const { input, all } = await inputOf(step, context)
  const narrowed = await refusedRows(step, { input, all }, context)
  await keepHistory(step, context)
  await session.run('drop table if exists step."replay.accepted"')
  await session.run(`create table step."replay.accepted" as from ${table} where _reject = 0`)
  const again = await sendAgain(step, narrowed, context)
  if (again !== before.rejected)
    throw impossible(step, `${again} of its ${before.rejected} refused rows are found in what it reads`)
  const rows = await count(session, `(${all})`)
  if (rows !== before.rows_in)
    throw impossible(step, `it would read ${rows} rows instead of ${before.rows_in}: others came or went`)
  const accepted = await count(session, 'step."replay.accepted"')
  await session.run(
    `create or replace table ${table} as from step."replay.accepted" union all by name from step."replay.again"`,
  )
  for (const name of ['accepted', 'again']) await session.run(`drop table step."replay.${name}"`)
  const refused = await count(session, `${table} where _reject <> 0`)
  return {
    counts: { ...before, rows_out: accepted + again - refused, rejected: refused },
    segments: [
      { fingerprint: before.fingerprint, first_row: 0, rows: accepted, run: before.run },
      { fingerprint: step.fingerprint, first_row: accepted, rows: again, run },
    ],
  }
}

/** Rows that stay cannot have a column that was added since, nor another type. */
function assertSameColumns(step: Step, { parts }: RunContext): void {
  const before = JSON.parse(parts.get(step.stage)?.parts ?? '{}') as Partial<StepParts>
  const shape = (columns: readonly Column[] = []): string =>
    columns.map(({ name, type }) => `${name} ${type}`).join('\n')
  if (shape(before.columns) !== shape(step.parts.columns)) throw impossible(step, 'its columns changed')
  if (before.provenance !== step.parts.provenance)
    throw impossible(step, 'it did not say until now where its rows stand')
}

/** Makes `step."replay.again"` of the narrowed input. Gives its rows. */
async function sendAgain(
  step: SqlPlanStep | BatchStep,
  narrowed: readonly Narrowed[],
  context: RunContext,
): Promise<number> {
  const { session } = context
  if (step.style === 'batch') {
    const input = `(${narrowed.map(({ only }) => only).join('\nunion all by name\n')})`
    return await makeRows({ step, input, into: 'replay.again', append: false, context })
  }
  const broken = await brokenLines(step, context)
  await narrow(narrowed, context)
  await session.run(`create or replace table step."replay.again" as\n${step.select}`)
  for (const source of fusedSteps(step, context)) await keepRefused(source, context)
  await widen(narrowed, context)
  if ((await brokenLines(step, context)) !== broken)
    throw impossible(step, 'other lines of its source are broken now, so that lines have moved')
  return await count(session, 'step."replay.again"')
}

interface Input {
  readonly input: Step
  /** A select of all its rows. */
  readonly all: string
}

async function inputOf(step: SqlPlanStep | BatchStep, context: RunContext): Promise<Input> {
  const references = Object.values(step.inputs).flat()
  const input = context.steps.get(references[0]!)
  if (references.length !== 1 || !input) throw impossible(step, 'it reads several relations')
  return {
    input,
    all: input.stored === undefined ? selectOf(input) : await acceptedRows(context.session, input),
  }
}

/** Shows of the step's input only the rows that it refused: by file and line where the input says them, else by position. */
async function refusedRows(
  step: SqlPlanStep | BatchStep,
  { input, all }: Input,
  context: RunContext,
): Promise<readonly Narrowed[]> {
  const table = stepTable(step.stage).text
  if (input.style === 'source' && input.provenance) {
    const places = `(_file, _line) in (select (_file, _line) from ${table} where _reject <> 0)`
    return [{ stage: input.stage, only: `select * from (${all}) where ${places}`, refused: undefined }]
  }
  if (input.stored === undefined) throw impossible(step, `"${input.stage}" does not say where its rows stand`)
  if (await hasMoved(step, input, context))
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
async function hasMoved(step: Step, input: Step, { session, parts }: RunContext): Promise<boolean> {
  const { n } = await session.row<{ n: number }>(
    sql`select count(*) as n from sillage.reject_history where stage = ${step.stage}`.text,
  )
  const before = parts.get(step.stage)
  const segments = await segmentsOf(session, input.stage)
  return (
    n > 0 ||
    segments.at(-1)?.fingerprint !== input.fingerprint ||
    !(before?.parts ?? '').includes(input.fingerprint)
  )
}

function selectOf(step: Step): string {
  if (step.style !== 'source' && step.style !== 'sql') throw impossible(step, 'it is no SQL')
  return step.select
}

async function brokenLines(step: Step, context: RunContext): Promise<number> {
  let lines = 0
  for (const source of fusedSteps(step, context)) {
    if (source.style !== 'source' || source.refused === undefined) continue
    lines += await count(context.session, stepTable(source.stage, 'refused').text)
  }
  return lines
}

async function keepHistory(step: Step, { session, run, options }: RunContext): Promise<void> {
  const reject = sql.id('reject', step.stage).text
  const columns = await session.rows<{ column_name: string }>(`describe ${reject}`)
  const names = columns.map((column) => column.column_name)
  const own = names.filter((name) => !['run', 'at', 'codes', 'reasons', 'file', 'line'].includes(name))
  const fields = own.map((name) => sql`${sql.id(name)} := ${sql.id(name)}`)
  const raw = names.includes('raw') ? sql`raw` : sql`to_json(struct_pack(${sql.join(fields)}))::varchar`
  const place = names.includes('file') ? sql`file, line` : sql`null, null`
  await session.run(
    sql`insert into sillage.reject_history select ${step.stage}, ${run}, ${options.now()}, run, ${place}, ${raw}, codes, reasons from ${sql.id('reject', step.stage)}`
      .text,
  )
}

async function count(session: RunContext['session'], from: string): Promise<number> {
  return (await session.row<{ n: number }>(`select count(*) as n from ${from}`)).n
}

function impossible(step: Step, why: string): SillageError {
  return new SillageError({
    code: 'replay_impossible',
    message: `The refused rows of "${step.stage}" cannot be replayed: ${why}`,
    hint: `sillage run --full-refresh runs all rows through`,
    exit: exitCode.failed,
    facts: { stage: step.stage },
  })
}
