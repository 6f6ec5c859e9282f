import type { CurrentStep, Known, RowRange } from '@sillage/ledger'
import type { BatchStep, SourceStep, SqlPlanStep, Step, StepParts } from '@sillage/plan'

const column = (name: string) => ({ name, type: 'VARCHAR' })

/** A step of a plan as far as decisions look at it; `reads` names stages or `stage.output`. */
function common(stage: string, fingerprint: string, reads: readonly string[], steps: readonly Step[]) {
  const inputs = reads.map((reference) => {
    const [name, output = null] = reference.split('.', 2) as [string, string?]
    const input = steps.find((one) => one.stage === name)
    return { role: 'input', stage: name, output, fingerprint: input?.fingerprint ?? '' }
  })
  const columns = [column('id'), column('name')]
  const parts: StepParts = {
    plugin: 'hash',
    duckdb: 'v1',
    config: {},
    as_of: null,
    inputs,
    files: [],
    columns,
    provenance: false,
  }
  return {
    stage,
    plugin: 'clean/own' as const,
    module: 'file:///own.mjs',
    kind: 'clean' as const,
    inputs: reads.length > 0 ? { input: reads } : {},
    columns,
    stored: 'a mart shows it',
    fusedInto: undefined,
    fingerprint,
    parts,
    config: {},
    expect: [],
    onReject: 'quarantine' as const,
    tags: [],
    rejects: [],
    proven: true,
  }
}

/** A source that scans files. `grownSince`: its last scan, where files only grew. */
export function scan(
  stage: string,
  fingerprint: string,
  { grownSince, ...more }: Partial<SourceStep> & { readonly grownSince?: string } = {},
): SourceStep {
  const appended =
    grownSince === undefined ? undefined : { since: grownSince, select: 'select new', refused: undefined }
  return {
    ...common(stage, fingerprint, [], []),
    style: 'source',
    select: 'select all',
    files: [],
    provenance: false,
    refused: undefined,
    appended,
    attach: undefined,
    detected: {},
    asked: undefined,
    suppressed: [],
    ...more,
  }
}

/** A SQL step that works row by row. */
export function rows(
  stage: string,
  fingerprint: string,
  reads: readonly string[],
  steps: readonly Step[],
  more: Partial<SqlPlanStep> = {},
): SqlPlanStep {
  return {
    ...common(stage, fingerprint, reads, steps),
    style: 'sql',
    select: 'select',
    rows: 'same',
    incremental: 'by_row',
    key: [],
    creates: [],
    provenance: false,
    carries: false,
    outputs: {},
    ...more,
  }
}

/** A SQL step that groups by `id`. */
export function groups(
  stage: string,
  fingerprint: string,
  reads: readonly string[],
  steps: readonly Step[],
  more: Partial<SqlPlanStep> = {},
): SqlPlanStep {
  return rows(stage, fingerprint, reads, steps, {
    rows: 'group',
    incremental: 'by_key',
    key: ['id'],
    ...more,
  })
}

/** A batch step. */
export function batch(
  stage: string,
  fingerprint: string,
  reads: readonly string[],
  steps: readonly Step[],
): BatchStep {
  return {
    ...common(stage, fingerprint, reads, steps),
    style: 'batch',
    rows: 'same',
    incremental: 'by_row',
    input: 'clean.input',
    inputColumns: [],
    key: [],
    reads: [],
    beside: {},
    limits: {},
    drops: [],
    makes: [],
    outputs: {},
    provenance: false,
    carries: false,
  }
}

/** What a run that made just these steps left; each wrote its ten rows. */
export function left(steps: readonly Step[]): Known {
  const stored = steps.filter((step) => step.stored !== undefined)
  const current = (step: Step): CurrentStep => ({
    stage: step.stage,
    fingerprint: step.fingerprint,
    run: 'r1',
    rows_in: 10,
    rows_out: 10,
    rejected: 0,
    merged: 0,
    filtered: 0,
    seconds: 0,
  })
  const range = ({ stage, fingerprint }: Step): RowRange => ({
    stage,
    fingerprint,
    first_row: 0,
    rows: 10,
    run: 'r1',
  })
  return {
    steps: new Map(stored.map((step) => [step.stage, current(step)])),
    parts: new Map(
      steps.map(({ stage, fingerprint, parts }) => [
        stage,
        { stage, fingerprint, parts: JSON.stringify(parts) },
      ]),
    ),
    cursors: new Map(),
    ranges: new Map(stored.map((step) => [step.stage, [range(step)]])),
  }
}
