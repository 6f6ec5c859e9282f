import { isSillageError, SillageError, withoutSecrets, withSecrets } from '@sillage/base'
import type { StepCounts } from '@sillage/ledger'
import type { BatchStep } from '@sillage/plan'
import { type Column, placeColumns, sql } from '@sillage/sdk'
import type { BatchCall } from '@sillage/workers'
import { rejectColumn } from '@sillage/workers'
import { type Narrowed, nextRow } from '../appending.ts'
import { conserve } from '../conservation.ts'
import type { RunContext } from '../context.ts'
import { stepTable } from '../relations.ts'
import { streamThroughWorkers } from './stream-through-workers.ts'

/**
 * Sends the columns that the plugin reads through the workers, and joins what comes back to the other columns by position: both
 * sides are read in the order of the stored input. A plugin that reads every column needs no join.
 */
export async function runBatch(step: BatchStep, context: RunContext): Promise<() => Promise<StepCounts>> {
  return async () => {
    const rows = await makeRows({ step, input: step.input, append: false, context })
    return countBatch({ step, streamed: rows, expected: rowsOfInputs(step, context), first: 0, context })
  }
}

/** Adds what the new rows of its inputs make. Gives the counts of these rows alone. */
export async function appendBatch(
  step: BatchStep,
  context: RunContext,
  narrowed: readonly Narrowed[],
): Promise<() => Promise<StepCounts>> {
  const input = `(${narrowed.map(({ only }) => only).join('\nunion all by name\n')})`
  return async () => {
    const first = await nextRow(step.stage, context)
    const { n } = await context.session.row<{ n: number }>(`select count(*) as n from ${input}`)
    const rows = await makeRows({ step, input, append: true, context })
    return countBatch({ step, streamed: rows, expected: n, first, context })
  }
}

interface MakeFacts {
  readonly step: BatchStep
  readonly input: string
  /** Table in the schema `step`; that of the step unless said. */
  readonly into?: string
  /** Whether rows are added to the step's table, which is there. */
  readonly append: boolean
  readonly context: RunContext
}

/** Streams the input through the workers into the step's table. Returns how many rows went through. */
export async function makeRows({
  step,
  input,
  into = step.stage,
  append,
  context,
}: MakeFacts): Promise<number> {
  const { session } = context
  const shape = new Map(step.inputColumns.map((column) => [column.name, column]))
  const call: BatchCall = {
    kind: 'batch',
    plugin: step.plugin,
    module: step.module,
    config: withSecrets(step.config, context.options.secret),
    reads: step.reads.map((name) => shape.get(name)!),
    output: step.rejects.length > 0 ? [...step.makes, rejectColumn] : step.makes,
    rejects: step.rejects.length,
  }
  const made = stepTable(step.stage, 'made').text
  const whole =
    !step.provenance && step.columns.every((column) => step.makes.some((one) => one.name === column.name))
  const rows = await streamThroughWorkers({
    select: `select ${sql.join(step.reads.map((name) => sql.id(name))).text} from ${input}`,
    call,
    table: { schema: 'step', table: whole ? into : `${step.stage}.made` },
    append: whole && append,
    context,
    stage: step.stage,
  }).catch((error: unknown) => {
    throw withoutTheirSecrets(error, step, context)
  })
  if (whole) return rows
  const joined = joinByPosition({
    input,
    columns: step.columns,
    makes: call.output,
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

/** A plugin may say in its error what it was given. */
function withoutTheirSecrets(
  error: unknown,
  { config }: BatchStep,
  { options: { secret } }: RunContext,
): unknown {
  if (!isSillageError(error)) return error
  const safe = withoutSecrets(config, secret)
  if (safe(error.message) === error.message && safe(error.hint ?? '') === (error.hint ?? '')) return error
  const { code, message, hint, retryable, facts, exit } = error
  return new SillageError({
    code,
    message: safe(message),
    hint: hint === undefined ? undefined : safe(hint),
    retryable,
    facts,
    exit,
  })
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

function rowsOfInputs({ inputs }: BatchStep, { rows }: RunContext): number {
  return Object.values(inputs)
    .flat()
    .reduce((sum, reference) => sum + (rows.get(reference) ?? Number.NaN), 0)
}

interface CountFacts {
  readonly step: BatchStep
  readonly streamed: number
  /** Rows of the input; NaN where they were not counted. */
  readonly expected: number
  /** Position of the first row that was made now. */
  readonly first: number
  readonly context: RunContext
}

async function countBatch({
  step,
  streamed,
  expected,
  first,
  context: { session },
}: CountFacts): Promise<StepCounts> {
  const refuses = step.rejects.length > 0
  const row = await session.row<{ accepted: number; refused: number }>(
    `select count(*)${refuses ? ' filter (where _reject = 0)' : ''} as accepted, ${refuses ? 'count(*) filter (where _reject <> 0)' : '0'} as refused from ${stepTable(step.stage).text}${first > 0 ? ` where rowid >= ${first}` : ''}`,
  )
  if (Number.isFinite(expected) && expected !== streamed)
    throw new SillageError({
      code: 'rows_lost',
      message: `"${step.stage}" read ${streamed} of ${expected} rows`,
      hint: 'this is an error of Sillage: nothing was published',
    })
  return conserve({
    stage: step.stage,
    rows: 'same',
    rowsIn: streamed,
    rowsOut: row.accepted,
    rejected: row.refused,
  })
}
