import { exitCode, SillageError } from '@sillage/base'
import type { CheckRecord, StepCounts } from '@sillage/ledger'
import { keyChecks, referenceSql, relationOf, relationSql, type Step } from '@sillage/plan'
import { checksOfModel, nothingLeft, runCheck } from '@sillage/steps'
import type { Run } from './run.ts'

/** Runs the checks of a step, those that the keys of its marts imply, and that it did not refuse every row. Throws `check_failed`, or `too_many_rejects` (exit 4), once all were run. */
export async function runChecks(
  step: Pick<Step, 'stage' | 'style' | 'kind' | 'expect'>,
  counts: StepCounts,
  run: Run,
): Promise<void> {
  const { plan, steps, working } = run
  const own = step.expect.map((check) => ({ check, output: undefined }))
  const keys = plan.marts
    .filter((mart) => mart.from.stage === step.stage)
    .flatMap((mart) => keyChecks(mart).map((check) => ({ check, output: mart.from.output })))
  const failed: string[] = []
  let tooMany = false
  const tell = async (record: CheckRecord): Promise<void> => {
    run.told.checks.push(record)
    await working.ledger.recordCheck(run.id, record)
    run.told.journal({ event: 'check_finished', ...record })
    run.told.show({ kind: 'check_finished', check: record })
  }
  const told = async (record: CheckRecord, isRejected: boolean): Promise<void> => {
    await tell(record)
    if (record.status === 'fail') failed.push(record.check)
    if (record.status === 'fail' && isRejected) tooMany = true
  }
  const nothing = nothingLeft(step, counts)
  if (nothing !== undefined) await told(nothing, true)
  if (step.style === 'model')
    for (const record of checksOfModel(step.stage, await working.ledger.models())) await tell(record)
  for (const { check, output } of [...own, ...keys]) {
    const record = await runCheck(check, {
      stage: step.stage,
      relation: relationSql(relationOf(step.kind, step.stage, output)),
      counts,
      relationOfStage: (stage) => referenceSql(stage, steps),
      figure: working.relations.figure,
    })
    await told(record, check.kind === 'rejected')
  }
  if (failed.length > 0) throw checksFailed({ step, failed, tooMany, nothing: nothing !== undefined })
}

function checksFailed({
  step,
  failed,
  tooMany,
  nothing,
}: {
  readonly step: Pick<Step, 'stage'>
  readonly failed: readonly string[]
  readonly tooMany: boolean
  readonly nothing: boolean
}): SillageError {
  return new SillageError({
    code: tooMany ? 'too_many_rejects' : 'check_failed',
    message: `${failed.length === 1 ? 'A check' : `${failed.length} checks`} of "${step.stage}" failed: ${failed.join('; ')}`,
    hint: tooMany
      ? `see why: sillage query … "select * from sillage.rejects", or sillage show reject.${step.stage}${nothing ? '; where this may be, say expect: [{ rejected: { max_share: 1 } }]' : ''}`
      : `see the rows: sillage show … ${step.stage}`,
    exit: tooMany ? exitCode.tooManyRejects : exitCode.failed,
    facts: { stage: step.stage },
  })
}
