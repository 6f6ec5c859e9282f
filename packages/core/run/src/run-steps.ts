import { faultPoint } from '@sillage/base'
import { type CurrentStep, type How, type Known, readSources, type StepCounts } from '@sillage/ledger'
import type { Step } from '@sillage/plan'
import {
  assertNoneRefused,
  blameFused,
  fusedSteps,
  type Hands,
  makeStep,
  type StoredStep,
  type ViewStep,
} from '@sillage/steps'
import { type FileContents, hashContents } from './file-contents.ts'
import { keepSources } from './keep-sources.ts'
import type { PulledSources } from './pull-sources.ts'
import type { Run } from './run.ts'
import { runChecks } from './run-checks.ts'
import { settleView } from './settle-view.ts'
import { inStage, seconds, tellEnd, tellStart } from './step-report.ts'
import { tellWarnings } from './warnings.ts'

/** What is decided and known before the steps run. */
export interface Prospect {
  readonly how: ReadonlyMap<string, How>
  readonly known: Known
  readonly pulled: PulledSources['pulled']
  /** Stages in which the last run stood when it ended before its time. */
  readonly interrupted: ReadonlySet<string>
  readonly hands: Hands
}

/** Runs the steps in order. Views cost nothing until a stored step reads them; each stored step is one commit. */
export async function runSteps(steps: readonly Step[], prospect: Prospect, run: Run): Promise<void> {
  const changed = new Set<string>()
  using contents = hashing(steps, run)
  for (const step of steps) {
    run.options.signal.throwIfAborted()
    if (isStored(step)) await runStored(step, { ...prospect, changed }, run)
    else if (isView(step)) await run.working.relations.show(step)
  }
  for (const step of steps)
    if (step.stored === undefined) await settleView(step, { ...prospect, changed }, run)
  faultPoint('views.after_commit')
  if (run.options.sample === undefined) keepSources(steps, await contents.found, run)
}

function isStored(step: Step): step is StoredStep {
  return step.stored !== undefined && step.style !== 'sink'
}

function isView(step: Step): step is ViewStep {
  return step.stored === undefined && (step.style === 'source' || step.style === 'sql')
}

/** What the files of sources hold is hashed beside the steps, and no longer than they run; of a sample nothing is kept. */
function hashing(
  steps: readonly Step[],
  { options, files: { paths } }: Run,
): Disposable & { readonly found: Promise<ReadonlyMap<string, FileContents>> } {
  const stop = new AbortController()
  const signal = AbortSignal.any([options.signal, stop.signal])
  const found = hashContents(options.sample === undefined ? steps : [], {
    last: readSources(paths.sources),
    signal,
  })
  // Where a step fails first nobody hears of them.
  found.catch(() => undefined)
  return { found, [Symbol.dispose]: () => stop.abort() }
}

async function runStored(
  step: StoredStep,
  prospect: Prospect & { readonly changed: Set<string> },
  run: Run,
): Promise<void> {
  const { known, pulled, interrupted, changed } = prospect
  const { options, working, told } = run
  const { stage } = step
  const before = known.steps.get(stage)
  const read = pulled.get(stage)
  const started = read?.started ?? performance.now()
  const fused = fusedSteps(step, run)
  if (!read) tellStart(step, fused, told)
  try {
    const how = prospect.how.get(stage)!
    const isReused = how.kind === 'reuse'
    const isUnchanged = isReused && read?.rowsCame !== true
    const counts = isReused
      ? await reused(step, before!, run)
      : await made({ step, how, fused }, prospect, run)
    faultPoint('step.after_commit')
    assertNoneRefused(step, counts)
    if (!isUnchanged) changed.add(stage)
    const current: CurrentStep = {
      ...countsOf(counts),
      stage,
      fingerprint: step.fingerprint,
      run: isReused ? before!.run : run.id,
      seconds: seconds(started),
    }
    const action = isUnchanged ? 'reuse' : interrupted.has(stage) ? 'resume' : 'run'
    await working.ledger.recordStep({ ...current, run: run.id, plugin: step.plugin, action })
    tellEnd(step, { counts, action, seconds: current.seconds }, told)
    await tellWarnings(step, run)
    await runChecks(step, counts, run)
  } catch (error) {
    const { probe } = working.relations
    throw inStage(stage, options.signal.aborted ? error : await blameFused({ error, step, fused, probe }))
  }
}

/** The counts of a step whose rows are there. */
async function reused(step: StoredStep, before: CurrentStep, { tally }: Run): Promise<StepCounts> {
  tally.set(step.stage, before.rows_out)
  for (const output of Object.keys(step.outputs ?? {})) await tally.of(`${step.stage}.${output}`)
  if (before.rows_in !== null) await tally.read(step, before.rows_in)
  return before
}

async function made(
  { step, how, fused }: { readonly step: StoredStep; readonly how: How; readonly fused: readonly Step[] },
  { known, hands }: Prospect,
  { working, tally }: Run,
): Promise<StepCounts> {
  if (how.kind === 'reuse') throw new Error('what is reused is not made')
  const counts = known.steps.get(step.stage)
  const parts = known.parts.get(step.stage)?.parts ?? '{}'
  const before = counts === undefined ? undefined : { counts, parts }
  return await makeStep({ step, how, fused, before }, { maker: working.maker, tally, hands })
}

function countsOf({ rows_in, rows_out, rejected, merged, filtered }: StepCounts): StepCounts {
  return { rows_in, rows_out, rejected, merged, filtered }
}
