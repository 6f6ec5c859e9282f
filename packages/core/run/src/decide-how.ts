import { canonicalJson } from '@sillage/base'
import type { How, Known, Watermark } from '@sillage/ledger'
import type { SqlPlanStep, Step, StepParts } from '@sillage/plan'

export interface DecisionFacts {
  readonly steps: ReadonlyMap<string, Step>
  readonly known: Known
  /** Stages of which this run has read new rows already. */
  readonly pulled: ReadonlySet<string>
  /** The stage of which only the refused rows are sent through again. */
  readonly replay: string | undefined
  /** True where only a part of each source is read: nothing is added to such a part. */
  readonly sample: boolean
}

/** How each stored step is to be made, by stage, from the plan and what runs left. Views are computed by who reads them. */
export function decideHow(facts: DecisionFacts): ReadonlyMap<string, How> {
  const decided = new Map<string, How>()
  for (const step of facts.steps.values())
    if (step.stored !== undefined && step.style !== 'sink')
      decided.set(step.stage, howOf(step, { ...facts, decided }))
  return decided
}

interface Deciding extends DecisionFacts {
  /** Of the steps before. */
  readonly decided: ReadonlyMap<string, How>
}

const whole: How = { kind: 'whole' }

function howOf(step: Step, facts: Deciding): How {
  const { known, sample, replay, pulled } = facts
  const before = known.steps.get(step.stage)
  if (before?.fingerprint === step.fingerprint && (!sample || pulled.has(step.stage)))
    return { kind: 'reuse' }
  if (replay === step.stage) return { kind: 'replay' }
  const parts = known.parts.get(step.stage)
  if (sample || !before || parts?.fingerprint !== before.fingerprint) return whole
  // An engine that does not know which run wrote which rows cannot add any.
  if (!known.ranges.has(step.stage)) return whole
  const since = sinceOf(step, { parts: partsOf(parts.parts), fingerprint: before.fingerprint }, facts)
  if (since === undefined) return whole
  if (!isByKey(step)) return { kind: 'append', since }
  const keyed = keyedStages(step, facts)
  return keyed === undefined ? whole : { kind: 'regroup', since, keyed }
}

/**
 * From where on what a step reads is new; undefined where it must be made whole: its own parts changed, an input was made anew, or the rows
 * that it makes depend on others than the one they come from.
 */
function sinceOf(
  step: Step,
  before: { readonly parts: StepParts; readonly fingerprint: string },
  facts: Deciding,
): readonly Watermark[] | undefined {
  if (step.style === 'source') return hasGrown(step, before) ? [{ stage: step.stage, at: 'scan' }] : undefined
  return isByRow(step) || isByKey(step) ? sinceOfInputs(step, before.parts, facts) : undefined
}

function hasGrown(
  step: Step & { readonly style: 'source' },
  before: { readonly parts: StepParts; readonly fingerprint: string },
): boolean {
  return step.appended?.since === before.fingerprint && isSame(step.parts, before.parts)
}

/**
 * A step that groups by a key has its groups made again where one of their rows is new: all rows of the first input must be stored under
 * the same name of the key, so that those of these groups can be picked.
 */
function isByKey(step: Step): step is SqlPlanStep {
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

/** What of a step says on which rows each of its rows depends. */
interface Rowwise {
  readonly style: Step['style']
  readonly incremental?: string
  readonly rows?: string
  readonly outputs?: object
}

function isByRow(step: Rowwise): boolean {
  const isRowwise = step.style === 'sql' || step.style === 'batch'
  if (!isRowwise || step.incremental !== 'by_row' || Object.keys(step.outputs ?? {}).length > 0) return false
  return step.rows === 'same' || step.rows === 'filter' || step.rows === 'expand'
}

/** True where two of a step's parts differ at most in what it reads. */
function isSame(now: StepParts, before: StepParts): boolean {
  const own = ({ inputs, files: _, ...rest }: StepParts): string =>
    canonicalJson({ ...rest, inputs: inputs.map(({ role, output }) => [role, output]) })
  return own(now) === own(before)
}

function sinceOfInputs(
  step: Pick<Step, 'parts' | 'inputs'>,
  before: StepParts,
  facts: Deciding,
): readonly Watermark[] | undefined {
  if (!isSame(step.parts, before)) return undefined
  const [first = [], ...others] = Object.values(step.inputs)
  const beside = new Set(others.flat().flatMap((reference) => tablesUnder(reference, facts.steps)))
  const since: Watermark[] = []
  for (const [index, { stage, output, fingerprint }] of step.parts.inputs.entries()) {
    const old = before.inputs[index]!.fingerprint
    const changed = old !== fingerprint
    if (index >= first.length) {
      if (changed) return undefined
      continue
    }
    if (output !== null) return undefined
    const marks = changed ? sinceOfRelation(stage, old, facts) : [{ stage, at: 'end' as const }]
    if (marks === undefined || marks.some((mark) => beside.has(mark.stage))) return undefined
    since.push(...marks)
  }
  return since
}

/** From where on the rows of a relation are new to one who read it when its fingerprint was `old`. */
function sinceOfRelation(stage: string, old: string, facts: Deciding): readonly Watermark[] | undefined {
  const step = facts.steps.get(stage)!
  if (step.stored !== undefined)
    return hasRowsBehind(step, old, facts) ? [{ stage, at: 'range', fingerprint: old }] : undefined
  const before = facts.known.parts.get(stage)
  if (before?.fingerprint !== old) return undefined
  const parts = partsOf(before.parts)
  // A column of another type reads differently in all rows, also where the columns that leave stay as they are.
  if (step.style === 'source')
    return hasGrown(step, { parts, fingerprint: old }) ? [{ stage, at: 'scan' }] : undefined
  return isByRow(step) ? sinceOfInputs(step, parts, facts) : undefined
}

/** True where the table of a stored step will hold what it held with the fingerprint `old`, and behind it what is new since. */
function hasRowsBehind(
  step: Pick<Step, 'stage' | 'fingerprint'>,
  old: string,
  { known, decided }: Deciding,
): boolean {
  const ranges = known.ranges.get(step.stage) ?? []
  const last = ranges.findLastIndex(({ fingerprint }) => fingerprint === old)
  const before = known.steps.get(step.stage)?.fingerprint
  switch (decided.get(step.stage)?.kind) {
    case 'reuse':
      return last >= 0 && last < ranges.length - 1 && ranges.at(-1)!.fingerprint === step.fingerprint
    case 'append':
      return last >= 0
    case 'replay':
      return old === before
    default:
      return false
  }
}

/** The stored stages, and sources, whose rows a reference shows. */
function tablesUnder(reference: string, steps: DecisionFacts['steps']): readonly string[] {
  const step = steps.get(reference.split('.')[0]!)!
  const inputs = Object.values(step.inputs).flat()
  if (step.stored !== undefined || inputs.length === 0) return [step.stage]
  return inputs.flatMap((input) => tablesUnder(input, steps))
}

/** The stored stages under a step whose rows carry its key, so that those of some keys can be picked; undefined where that cannot be said. */
function keyedStages(step: SqlPlanStep, { steps }: DecisionFacts): readonly string[] | undefined {
  const found: string[] = []
  for (const reference of Object.values(step.inputs)[0] ?? []) {
    const stages = keyedUnder(reference, step.key, steps)
    if (stages === undefined) return undefined
    found.push(...stages)
  }
  return found
}

function keyedUnder(
  reference: string,
  key: readonly string[],
  steps: DecisionFacts['steps'],
): readonly string[] | undefined {
  const step = steps.get(reference)
  const has = (name: string): boolean => step?.columns.some((column) => column.name === name) ?? false
  if (!step || !key.every(has)) return undefined
  if (step.stored !== undefined) return [step.stage]
  if (!isByRow(step) || step.style !== 'sql' || step.creates.some((name) => key.includes(name)))
    return undefined
  const found: string[] = []
  for (const input of Object.values(step.inputs)[0] ?? []) {
    const stages = keyedUnder(input, key, steps)
    if (stages === undefined) return undefined
    found.push(...stages)
  }
  return found
}
