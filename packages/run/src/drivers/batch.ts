import { SillageError } from '@sillage/base'
import type { BatchStep } from '@sillage/plan'
import { type Column, sql } from '@sillage/sdk'
import type { StepCounts } from '@sillage/store'
import { conserve } from '../conservation.ts'
import type { RunContext } from '../context.ts'
import { stepTable } from '../relations.ts'
import { rejectColumn } from '../workers/reject-column.ts'
import type { BatchCall } from '../workers/task.ts'
import { streamThroughWorkers } from './stream-through-workers.ts'

/**
 * Sends the columns that the plugin reads through the workers, and joins what comes back to the other columns by position: both
 * sides are read in the order of the stored input. A plugin that reads every column needs no join.
 */
export async function runBatch(step: BatchStep, context: RunContext): Promise<() => Promise<StepCounts>> {
  const { session } = context
  const shape = new Map(step.inputColumns.map((column) => [column.name, column]))
  const call: BatchCall = {
    kind: 'batch',
    plugin: step.plugin,
    module: step.module,
    config: step.config,
    reads: step.reads.map((name) => shape.get(name)!),
    output: step.rejects.length > 0 ? [...step.makes, rejectColumn] : step.makes,
    rejects: step.rejects.length,
  }
  return async () => {
    const made = stepTable(step.stage, 'made').text
    const whole = step.columns.every((column) => step.makes.some((one) => one.name === column.name))
    const table = whole
      ? { schema: 'step', table: step.stage }
      : { schema: 'step', table: `${step.stage}.made` }
    const rows = await streamThroughWorkers({
      select: selectRead(step),
      call,
      table,
      context,
      stage: step.stage,
    })
    if (!whole) {
      await session.run(
        `create or replace table ${stepTable(step.stage).text} as\n${joinByPosition({ input: step.input, columns: step.columns, makes: call.output, made })}`,
      )
      await session.run(`drop table ${made}`)
    }
    return countBatch(step, rows, context)
  }
}

function selectRead({ reads, input }: BatchStep): string {
  return `select ${sql.join(reads.map((name) => sql.id(name))).text} from ${input}`
}

/** Columns in the order of the relation: made ones from the side table, the rest from the input; then the reserved ones. */
export function joinByPosition({
  input,
  columns,
  makes,
  made,
}: {
  readonly input: string
  readonly columns: readonly Column[]
  readonly makes: readonly Column[]
  readonly made: string
}): string {
  const fromMade = new Set(makes.map((column) => column.name))
  const reserved = makes.filter((column) => column.name.startsWith('_'))
  const list = [...columns, ...reserved].map(
    ({ name }) => sql`${sql.trusted(fromMade.has(name) ? 'made' : 'read')}.${sql.id(name)}`,
  )
  return `select ${sql.join(list).text}\nfrom ${input} as read\npositional join ${made} as made`
}

async function countBatch(
  step: BatchStep,
  streamed: number,
  { session, rows }: RunContext,
): Promise<StepCounts> {
  const refuses = step.rejects.length > 0
  const row = await session.row<{ accepted: number; refused: number }>(
    `select count(*)${refuses ? ' filter (where _reject = 0)' : ''} as accepted, ${refuses ? 'count(*) filter (where _reject <> 0)' : '0'} as refused from ${stepTable(step.stage).text}`,
  )
  const rowsIn = Object.values(step.inputs)
    .flat()
    .reduce((sum, reference) => sum + (rows.get(reference) ?? Number.NaN), 0)
  if (Number.isFinite(rowsIn) && rowsIn !== streamed)
    throw new SillageError({
      code: 'rows_lost',
      message: `"${step.stage}" read ${streamed} of ${rowsIn} rows`,
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
