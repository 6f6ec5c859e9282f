import { canonicalJson } from '@sillage/base'
import { segmentsOf } from '@sillage/ledger'
import { relationOf, type SqlPlanStep, type Step, type StepParts } from '@sillage/plan'
import { sql } from '@sillage/sdk'
import type { RunContext } from './context.ts'
import { acceptedRows, relationSql, stepTable } from './relations.ts'
import { createView } from './views.ts'

/** A relation that shows only its new rows while a step that appends reads it. */
export interface Narrowed {
  readonly stage: string
  /** A select of the new rows. */
  readonly only: string
  /** A select of the rows that the scan of the new rows refused. */
  readonly refused: string | undefined
}

/**
 * What a step must read to append what is new to its table; undefined where it must run whole: its own parts changed, an input was made anew,
 * or the rows that it makes depend on others than the one they come from.
 */
export async function findAppending(
  step: Step,
  context: RunContext,
): Promise<readonly Narrowed[] | undefined> {
  const known = context.known.get(step.stage)
  const before = context.parts.get(step.stage)
  if (context.options.sample !== undefined || !known || before?.fingerprint !== known.fingerprint)
    return undefined
  if (step.style === 'source')
    return step.appended?.since === known.fingerprint && isSame(step.parts, partsOf(before.parts))
      ? [{ stage: step.stage, only: step.appended.select, refused: step.appended.refused }]
      : undefined
  return isByRow(step) || isByKey(step) ? await narrowInputs(step, partsOf(before.parts), context) : undefined
}

/**
 * A step that groups by a key has its groups made again where one of their rows is new: all rows of the first input must be stored under
 * the same name of the key, so that those of these groups can be picked.
 */
export function isByKey(step: Step): step is SqlPlanStep {
  return (
    step.style === 'sql' &&
    step.incremental === 'by_key' &&
    step.rows === 'group' &&
    step.proven &&
    Object.keys(step.outputs).length === 0
  )
}

function partsOf(json: string): StepParts {
  return JSON.parse(json) as StepParts
}

function isByRow(step: Step): boolean {
  if (step.style === 'batch') return true
  if (step.style !== 'sql' || step.incremental !== 'by_row' || Object.keys(step.outputs).length > 0)
    return false
  return step.rows === 'same' || step.rows === 'filter' || step.rows === 'expand'
}

/** True where two of a step's parts differ at most in what it reads. */
function isSame(now: StepParts, before: StepParts): boolean {
  const own = ({ inputs, files: _, ...rest }: StepParts): string =>
    canonicalJson({ ...rest, inputs: inputs.map(({ role, output }) => [role, output]) })
  return own(now) === own(before)
}

async function narrowInputs(
  step: Step,
  before: StepParts,
  context: RunContext,
): Promise<readonly Narrowed[] | undefined> {
  if (!isSame(step.parts, before)) return undefined
  const [first = [], ...others] = Object.values(step.inputs)
  const beside = new Set(others.flat().flatMap((reference) => tablesUnder(reference, context)))
  const narrowed: Narrowed[] = []
  for (const [index, { stage, output, fingerprint }] of step.parts.inputs.entries()) {
    const old = before.inputs[index]!.fingerprint
    const changed = old !== fingerprint
    if (index >= first.length) {
      if (changed) return undefined
      continue
    }
    if (output !== null) return undefined
    const part = changed ? await narrowRelation(stage, old, context) : [await nothingOf(stage, context)]
    if (part === undefined || part.some((one) => beside.has(one.stage))) return undefined
    narrowed.push(...part)
  }
  return narrowed
}

/** What shows only the rows that a relation did not have when its fingerprint was `old`. */
async function narrowRelation(
  stage: string,
  old: string,
  context: RunContext,
): Promise<readonly Narrowed[] | undefined> {
  const step = context.steps.get(stage)!
  if (step.stored !== undefined) {
    const segments = await segmentsOf(context.session, stage)
    const last = segments.findLastIndex(({ fingerprint }) => fingerprint === old)
    const next = segments[last + 1]
    if (last < 0 || next === undefined || segments.at(-1)!.fingerprint !== step.fingerprint) return undefined
    const only = await acceptedRows(context.session, step, `rowid >= ${next.first_row}`)
    return [{ stage, only, refused: undefined }]
  }
  const before = context.parts.get(stage)
  if (before?.fingerprint !== old) return undefined
  // A column of another type reads differently in all rows, also where the columns that leave stay as they are.
  if (step.style === 'source')
    return step.appended?.since === old && isSame(step.parts, partsOf(before.parts))
      ? [{ stage, only: step.appended.select, refused: step.appended.refused }]
      : undefined
  if (!isByRow(step)) return undefined
  return await narrowInputs(step, partsOf(before.parts), context)
}

async function nothingOf(stage: string, context: RunContext): Promise<Narrowed> {
  const step = context.steps.get(stage)!
  const only =
    step.stored !== undefined
      ? await acceptedRows(context.session, step, 'false')
      : `select * from (${(step as { readonly select: string }).select}) where false`
  return { stage, only, refused: undefined }
}

/** The stored stages, and sources, whose rows a reference shows. */
function tablesUnder(reference: string, context: RunContext): readonly string[] {
  const step = context.steps.get(reference.split('.')[0]!)!
  const inputs = Object.values(step.inputs).flat()
  if (step.stored !== undefined || inputs.length === 0) return [step.stage]
  return inputs.flatMap((input) => tablesUnder(input, context))
}

/** Lets relations show only their new rows; within the transaction of the step that reads them. */
export async function narrow(narrowed: readonly Narrowed[], { session, steps }: RunContext): Promise<void> {
  for (const { stage, only } of narrowed) {
    const relation = relationSql(relationOf(steps.get(stage)!.kind, stage)).text
    await session.run(`create or replace view ${relation} as\n${only}`)
  }
}

/** Lets them show all their rows again. */
export async function widen(narrowed: readonly Narrowed[], context: RunContext): Promise<void> {
  for (const { stage } of narrowed) {
    const step = context.steps.get(stage)!
    if (step.stored === undefined) await createView(step, context)
    else {
      const relation = relationSql(relationOf(step.kind, stage)).text
      const all = await acceptedRows(context.session, step)
      await context.session.run(`create or replace view ${relation} as ${all}`)
    }
  }
}

/** The position of the first row that is appended to a step's table now. */
export async function nextRow(stage: string, { session }: RunContext): Promise<number> {
  return (await session.row<{ n: number }>(`select count(*) as n from ${stepTable(stage).text}`)).n
}

/** The relations under a step whose rows have one of the keys in `keys` (a table with the columns of the step's key); undefined where that cannot be said. */
export async function relationsOfKeys(
  step: SqlPlanStep,
  keys: string,
  context: RunContext,
): Promise<readonly Narrowed[] | undefined> {
  const references = Object.values(step.inputs)[0] ?? []
  const found: Narrowed[] = []
  for (const reference of references) {
    const parts = await keysUnder(reference, { key: step.key, keys }, context)
    if (parts === undefined) return undefined
    found.push(...parts)
  }
  return found
}

async function keysUnder(
  reference: string,
  facts: { readonly key: readonly string[]; readonly keys: string },
  context: RunContext,
): Promise<readonly Narrowed[] | undefined> {
  const step = context.steps.get(reference)
  const has = (name: string): boolean => step?.columns.some((column) => column.name === name) ?? false
  if (!step || !facts.key.every(has)) return undefined
  if (step.stored !== undefined) {
    const all = await acceptedRows(context.session, step)
    const same = facts.key.map(
      (name) => sql`keys.${sql.id(name)} is not distinct from rows_read.${sql.id(name)}`,
    )
    const only = `select rows_read.* from (${all}) rows_read semi join ${facts.keys} keys on ${sql.join(same, ' and ').text}`
    return [{ stage: step.stage, only, refused: undefined }]
  }
  if (!isByRow(step) || step.style !== 'sql' || step.creates.some((name) => facts.key.includes(name)))
    return undefined
  const found: Narrowed[] = []
  for (const input of Object.values(step.inputs)[0] ?? []) {
    const parts = await keysUnder(input, facts, context)
    if (parts === undefined) return undefined
    found.push(...parts)
  }
  return found
}
