import type { RunSummary } from '@sillage/journal'
import colors from 'picocolors'
import { count, duration } from './format.ts'
import { table } from './table.ts'

/** A run with the rows that its stages have so far, where that is known. */
export type ShownRun = RunSummary & { readonly rowsSoFar?: Readonly<Record<string, number>> }

/** Runs as a table, newest first. */
export function runsText(shown: readonly ShownRun[]): string {
  if (shown.length === 0) return 'No run yet: sillage run'
  return table(
    [
      { title: 'run' },
      { title: 'pipeline' },
      { title: 'status' },
      { title: 'as of' },
      { title: 'seconds', right: true },
      { title: 'steps', right: true },
      { title: 'rejected', right: true },
      { title: 'note' },
    ],
    shown.map((run) => [
      run.run,
      run.pipeline,
      coloured(run.status),
      run.as_of ?? '',
      run.seconds === undefined ? '' : duration(run.seconds),
      `${run.steps.length}/${run.stages.length}`,
      count(rejectedIn(run)),
      run.error?.message ??
        run.current ??
        (run.rolledBackTo === undefined ? '' : `rolled back to ${run.rolledBackTo}`),
    ]),
  )
}

/** The stages of a run that goes on, each with where it stands. */
export function progressText({ run, pipeline, stages, steps, unfinished, rowsSoFar = {} }: ShownRun): string {
  const width = Math.max(...stages.map((stage) => stage.length))
  const lines = stages.map((stage) => {
    const step = steps.find((one) => one.stage === stage)
    const name = stage.padEnd(width)
    if (step) {
      const rejected = step.rejected > 0 ? colors.yellow(`, ${count(step.rejected)} rejected`) : ''
      const mark = step.action === 'reuse' ? colors.dim('=') : colors.green('✓')
      return `  ${mark} ${name} ${count(step.rows_out)} rows${rejected}`
    }
    const rows = rowsSoFar[stage]
    if (unfinished.includes(stage))
      return `  ${colors.cyan('▸')} ${name} ${rows === undefined ? '' : `${count(rows)} rows`}`.trimEnd()
    return colors.dim(`  · ${name}`.trimEnd())
  })
  return [`${colors.bold(pipeline)} ${colors.dim(run)} ${steps.length}/${stages.length}`, ...lines].join('\n')
}

/** A run in one line, for where lines are kept: it changes only when something happened. */
export function runLine(run: ShownRun): string {
  const { error, current } = run
  const note = error ? `: ${error.message}` : current === undefined ? '' : ` at ${current}`
  return `${run.run} ${run.pipeline} ${run.status} ${run.steps.length}/${run.stages.length} steps, ${count(rejectedIn(run))} rejected${note}`
}

function rejectedIn({ steps }: ShownRun): number {
  return steps.reduce((sum, step) => sum + step.rejected, 0)
}

function coloured(status: ShownRun['status']): string {
  if (status === 'succeeded') return colors.green(status)
  return status === 'running' ? colors.cyan(status) : colors.red(status)
}
