import { faultPoint } from '@sillage/base'
import {
  recordCurrent,
  recordParts,
  recordRejects,
  recordSegment,
  rejectsOf,
  type StepCounts,
} from '@sillage/ledger'
import { carriesPlaces, type Step } from '@sillage/plan'
import { type Sql, sql } from '@sillage/sdk'
import type { RunContext } from './context.ts'
import { fusedSteps } from './fused.ts'
import { assertNoneRefused, countReasons } from './refused.ts'
import { createViews, stepTable } from './relations.ts'
import { rowsRead } from './rows-read.ts'
import { seconds } from './step-report.ts'
import { workOf } from './step-work.ts'
import { countOwnWarnings, startWarnings } from './warnings.ts'

/** Data, counts, reasons and ledger of a step commit together. */
export async function commitStep(step: Step, context: RunContext): Promise<StepCounts> {
  const { session, run, options } = context
  const stopWatching = watch(step, context)
  const started = performance.now()
  try {
    const work = await workOf(step, context)
    return await session.transaction(async () => {
      await startWarnings(step, session)
      const { counts, segments, replace } = await work()
      if (counts.rows_in !== null) await rowsRead({ step, total: counts.rows_in, context })
      const columns = await session.rows<{ column_name: string; column_type: string }>(
        `describe ${stepTable(step.stage).text}`,
      )
      await createViews({
        session,
        step,
        stored: columns.map((column) => ({ name: column.column_name, type: column.column_type })),
        numbering: refusedByScan(step, context),
      })
      assertNoneRefused(step, counts)
      await countOwnWarnings(step, context)
      if (step.rejects.length > 0 || step.style !== 'source') {
        const rejects = counts.rejected > 0 ? await countReasons(session, step) : []
        const unread = step.style === 'source' ? await rejectsOf(session, step.stage) : []
        await recordRejects(session, { run, stage: step.stage, rejects: [...rejects, ...unread] })
      }
      for (const one of [step, ...fusedSteps(step, context)])
        await recordParts(session, { ...one, parts: JSON.stringify(one.parts) })
      for (const [index, segment] of segments.entries())
        await recordSegment(
          session,
          { ...segment, stage: step.stage },
          { replace: replace && index === 0, at: options.now() },
        )
      await recordCurrent(session, {
        ...counts,
        stage: step.stage,
        fingerprint: step.fingerprint,
        run,
        seconds: seconds(started),
      })
      faultPoint('step.before_commit')
      return counts
    })
  } finally {
    stopWatching()
  }
}

/** The lines that the scans refused from which the rows of a step come. */
function refusedByScan(step: Step, { steps }: RunContext): Sql | undefined {
  const sources = new Set<string>()
  const seen = new Set<string>()
  const walk = ({ inputs }: Step): void => {
    for (const reference of Object.values(inputs)[0] ?? []) {
      const input = steps.get(reference)
      if (!input || seen.has(reference) || !carriesPlaces(input)) continue
      seen.add(reference)
      if (input.style !== 'source') walk(input)
      else if (input.refused !== undefined) sources.add(input.stage)
    }
  }
  walk(step)
  if (sources.size === 0) return undefined
  const tables = [...sources].map(
    (source) => sql`select _file, _line, _skipped from ${stepTable(source, 'refused')}`,
  )
  return sql`(${sql.join(tables, ' union all ')})`
}

const watchMs = 250

/** Tells how far DuckDB is, while a step runs. */
function watch(step: Step, { session, options }: RunContext): () => void {
  const timer = setInterval(() => {
    const { percentage } = session.connection.progress
    options.onEvent({
      kind: 'step_progress',
      stage: step.stage,
      ...(percentage > 0 ? { fraction: percentage / 100 } : {}),
    })
  }, watchMs)
  timer.unref()
  return () => clearInterval(timer)
}
