import { faultPoint } from '@sillage/base'
import { type CurrentStep, readSources, recordStep } from '@sillage/ledger'
import type { Step } from '@sillage/plan'
import { commitStep } from './commit-step.ts'
import type { RunContext } from './context.ts'
import { countOutputs } from './drivers/sql.ts'
import { type FileContents, hashContents } from './file-contents.ts'
import { fusedSteps } from './fused.ts'
import { keepSources } from './keep-sources.ts'
import { assertNoneRefused } from './refused.ts'
import { rowsRead } from './rows-read.ts'
import { runChecks } from './run-checks.ts'
import { inStage, report, seconds } from './step-report.ts'
import { blameFused, createView, settleView } from './views.ts'
import { tellWarnings } from './warnings.ts'

/** Runs the steps in order. Views cost nothing until a stored step reads them; each stored step is one commit. */
export async function runSteps(steps: readonly Step[], context: RunContext): Promise<void> {
  const changed = new Set<string>()
  using contents = hashing(steps, context)
  for (const step of steps) {
    context.options.signal.throwIfAborted()
    if (step.stored === undefined) await createView(step, context)
    else await runStored(step, context, changed)
  }
  for (const step of steps) if (step.stored === undefined) await settleView(step, context, changed)
  faultPoint('views.after_commit')
  if (context.options.sample === undefined) keepSources(steps, await contents.found, context)
}

/** What the files of sources hold is hashed beside the steps, and no longer than they run; of a sample nothing is kept. */
function hashing(
  steps: readonly Step[],
  { options, paths }: RunContext,
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

async function runStored(step: Step, context: RunContext, changed: Set<string>): Promise<void> {
  const { known, options, session, run } = context
  const before = known.get(step.stage)
  const pulled = context.pulled.get(step.stage)
  const started = pulled?.started ?? performance.now()
  const fused = fusedSteps(step, context)
  if (!pulled) start(step, fused, context)
  try {
    const reusable =
      before?.fingerprint === step.fingerprint && (pulled !== undefined || options.sample === undefined)
    const unchanged = reusable && pulled?.rowsCame !== true
    const counts = reusable ? before : await commitStep(step, context)
    faultPoint('step.after_commit')
    assertNoneRefused(step, counts)
    if (!unchanged) changed.add(step.stage)
    context.rows.set(step.stage, counts.rows_out)
    if (reusable && step.style === 'sql') await countOutputs(step, context)
    if (reusable && counts.rows_in !== null) await rowsRead({ step, total: counts.rows_in, context })
    const current: CurrentStep = {
      stage: step.stage,
      fingerprint: step.fingerprint,
      run: reusable ? before.run : run,
      rows_in: counts.rows_in,
      rows_out: counts.rows_out,
      rejected: counts.rejected,
      merged: counts.merged,
      filtered: counts.filtered,
      seconds: seconds(started),
    }
    const action = unchanged ? 'reuse' : context.interrupted.has(step.stage) ? 'resume' : 'run'
    await recordStep(session, { ...current, run, plugin: step.plugin, action })
    report({ step, counts, action, seconds: current.seconds, context })
    await tellWarnings(step, context)
    await runChecks(step, counts, context)
  } catch (error) {
    throw inStage(
      step.stage,
      options.signal.aborted ? error : await blameFused({ error, step, fused, context }),
    )
  }
}

/** Tells that a step begins. */
export function start(step: Step, fused: readonly Step[], { options, journal }: RunContext): void {
  const { stage, plugin } = step
  options.onEvent({ kind: 'step_started', stage, plugin, fused: fused.map((one) => one.stage) })
  journal({ event: 'step_started', stage, plugin })
}
