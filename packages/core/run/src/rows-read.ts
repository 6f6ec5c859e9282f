import type { Step } from '@sillage/plan'
import type { RunContext } from './context.ts'
import { referenceSql } from './relations.ts'

/**
 * Rows of the step's first input. What was counted before counts; a view that was never counted takes the number that its only
 * reader tells (`total`), and so do the views before it.
 */
export async function rowsRead({
  step,
  total,
  context,
}: {
  readonly step: Step
  readonly total: number | undefined
  readonly context: RunContext
}): Promise<number> {
  const references = Object.values(step.inputs)[0] ?? []
  let sum = 0
  for (const reference of references)
    sum += await rowsOf({ reference, total: references.length === 1 ? total : undefined, context })
  return sum
}

async function rowsOf({
  reference,
  total,
  context,
}: {
  readonly reference: string
  readonly total: number | undefined
  readonly context: RunContext
}): Promise<number> {
  const { rows, steps, session } = context
  const counted = rows.get(reference)
  if (counted !== undefined) return counted
  const input = steps.get(reference)
  const inputs = Object.values(input?.inputs ?? {}).flat()
  const deeper = input?.style === 'sql' && inputs.length === 1
  const told = deeper
    ? await rowsOf({ reference: inputs[0]!, total, context })
    : (total ??
      (await session.row<{ n: number }>(`select count(*) as n from ${referenceSql(reference, steps).text}`))
        .n)
  rows.set(reference, told)
  return told
}
