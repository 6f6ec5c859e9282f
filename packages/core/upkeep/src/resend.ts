import { exitCode, newRunId, SillageError } from '@sillage/base'
import { findResend, type ResendChoice } from '@sillage/deliver'
import { runPaths, type Stores } from '@sillage/ledger'
import type { Plan, SinkStep } from '@sillage/plan'
import { openState } from '@sillage/state'

export interface ResendFacts {
  readonly stores: Pick<Stores, 'openKept' | 'openDatabase'>
  readonly plan: Plan
  readonly step: SinkStep
  readonly choice: ResendChoice
  readonly command: string
  readonly now: Date
  /** Asked with the number of rows; false leaves all as it is. */
  readonly agree: (rows: number) => Promise<boolean>
  /** True: the rows are taken for delivered. */
  readonly delivered: boolean
}

/** Makes rows of a sink due again, or takes them for delivered. Gives how many rows; undefined where it was not agreed to. Throws `not_run_yet`, `busy`. */
export async function resend(facts: ResendFacts): Promise<number | undefined> {
  const { plan, step, choice, command, now, agree, delivered, stores } = facts
  const paths = runPaths({ places: plan.places, pipeline: plan.pipeline })
  await using kept = await stores.openKept({ paths, command, tempFolder: paths.temp })
  if (!kept)
    throw new SillageError({
      code: 'not_run_yet',
      message: `${plan.pipeline} did not run yet`,
      hint: `sillage run ${plan.pipeline}`,
      exit: exitCode.failed,
    })
  const found = await findResend(
    step,
    {
      plan,
      run: { id: newRunId(now), command, signal: new AbortController().signal, now: () => now },
      rules: { notSent: undefined, allowRemovals: [], fullRefresh: false },
      session: kept.session,
      openDatabase: stores.openDatabase,
      state: openState(plan.places.state),
      secret: () => '',
      note: () => {},
    },
    choice,
  )
  try {
    if (!(await agree(found.rows))) return undefined
    await found.mark({ delivered })
    return found.rows
  } finally {
    await found.close()
  }
}
