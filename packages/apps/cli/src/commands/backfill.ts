import { relative } from 'node:path'
import { hasErrors, invalidInput, isIsoDate, SillageError } from '@sillage/base'
import type { Plan } from '@sillage/plan'
import type { BackfilledDate, BackfillResult, Period } from '@sillage/upkeep'
import { type Command, InvalidArgumentError, Option } from 'commander'
import colors from 'picocolors'
import { now } from '../clock.ts'
import { loadEngine } from '../engine.ts'
import { note, print, printJson, withHint } from '../output.ts'
import { planPipeline } from '../planning.ts'
import { receivedOf } from '../received.ts'
import { readSecret } from '../secrets.ts'
import { stopOnSignals } from '../stop-on-signals.ts'
import { count, duration } from '../terminal/format.ts'
import { typedCommand } from '../typed-command.ts'
import { type OpenedPipeline, openPipeline, pipelinesOf } from '../workspace.ts'
import { collectParam, memoryOf, memorySize, type ParamOptions, paramHelp, wholeNumber } from './options.ts'

interface BackfillCommandOptions extends ParamOptions {
  readonly from: string
  readonly to: string
  readonly every: Period
  readonly dryRun?: boolean
  readonly threads?: number
  readonly memory?: number
}

export function registerBackfill(program: Command): void {
  program
    .command('backfill')
    .description('run a pipeline as of a series of dates, and keep its segments and scores in a history mart')
    .argument('<pipeline>', 'a file, a folder or a name')
    .requiredOption('--from <date>', 'the first as_of', isoDate)
    .requiredOption('--to <date>', 'the latest as_of', isoDate)
    .addOption(
      new Option('--every <period>', 'how far apart')
        .choices(['day', 'week', 'month', 'quarter', 'year'])
        .default('month'),
    )
    .option('--dry-run', 'say which dates it would run, and change nothing')
    .option('--param <key=value>', paramHelp, collectParam, {})
    .option('--threads <n>', 'threads of DuckDB and workers (default: number of cores)', wholeNumber)
    .option('--memory <size>', 'one budget for all, such as 1GB (default: 60 % of the machine)', memorySize)
    .addHelpText(
      'after',
      '\nExamples:\n  sillage backfill retail-loyalty --from 2017-01-01 --to 2017-12-31 --every month\n  sillage query marts/retail-loyalty-history.duckdb "select as_of, segment, count(*) from customers group by all order by all"\n\nThe dates are --from, then one period later each, up to --to: 2017-01-31 by month continues with 2017-02-28 and 2017-03-31. A date in the\nhistory is replaced if the pipeline or its files changed, and kept otherwise; other dates stay. Each date is published when it is finished; one that cannot be computed is reported, and the others continue (exit 1). Nothing else is published, nothing is sent.',
    )
    .action(async (argument: string, options: BackfillCommandOptions) => {
      if (options.from > options.to) throw emptySeries(options)
      const abort = new AbortController()
      const stop = stopOnSignals(abort)
      try {
        const opened = await openPipeline(argument, options.param, { now: now() })
        const { backfill, dateSeries } = await import('@sillage/upkeep')
        await assertPossible(opened)
        const result = await backfill({
          engine: await loadEngine(),
          dates: dateSeries(options),
          planFor: async (asOf) =>
            planOf(await openPipeline(argument, options.param, { asOf, now: now() }), abort.signal),
          onDate: (date) => note(dateText(date, options.dryRun === true)),
          command: typedCommand(),
          threads: options.threads,
          memoryBytes: options.memory ?? memoryOf(opened.pipeline?.memory),
          limits: opened.project.limits,
          dryRun: options.dryRun,
          secret: (name) => readSecret(name, opened.project),
          received: receivedOf(opened.project.places),
          now,
          onEvent: () => undefined,
          signal: abort.signal,
        })
        const { exit, ...told } = result
        const error = incomplete(result)
        process.exitCode = exit
        if (options.output === 'json') return printJson({ backfill: told, ...(error ? { error } : {}) })
        const run = result.dates.filter(({ action }) => action === 'run').length
        print(
          options.dryRun
            ? `would run ${run} of ${result.dates.length} dates; nothing was changed`
            : `${error ? colors.yellow('!') : colors.green('✓')} ${relative(process.cwd(), result.mart)}: ${run} of ${result.dates.length} dates computed${result.published ? '' : '; it is as it was'}`,
        )
        if (error) note(`${colors.red('error')} ${withHint(error)}`)
      } finally {
        stop()
      }
    })
}

/** Which dates could not be computed; undefined where all were. */
function incomplete({ dates, mart }: BackfillResult) {
  const failed = dates.filter(({ action }) => action === 'failed')
  if (failed.length === 0) return undefined
  const [first] = failed
  const named = failed.map(({ as_of, error }) => `${as_of} (${error!.code})`).join(', ')
  return {
    code: 'backfill_incomplete',
    message: `${failed.length} of ${dates.length} dates could not be computed: ${named}`,
    hint:
      first!.error!.hint ??
      `the other dates are in ${relative(process.cwd(), mart)}; run it again once the cause is mended`,
  }
}

async function planOf(opened: OpenedPipeline, signal: AbortSignal): Promise<Plan> {
  const { plan, diagnostics } = await planPipeline(opened, signal)
  if (!plan || hasErrors(diagnostics)) throw invalidInput(diagnostics)
  return plan
}

/** Throws for a pipeline with errors, one without as_of, and where the history's name is another pipeline's. */
async function assertPossible({ pipeline, project, diagnostics, file }: OpenedPipeline): Promise<void> {
  if (!pipeline) throw invalidInput(diagnostics)
  if (pipeline.asOf === undefined)
    throw new SillageError({
      code: 'backfill_without_as_of',
      message: `"${pipeline.name}" has no as_of: it gives the same on every date`,
      hint: `add as_of: 2026-01-31 at the top of ${relative(process.cwd(), file)}; a backfill puts each of its dates there`,
    })
  const { historyName } = await import('@sillage/upkeep')
  const history = historyName(pipeline.name)
  if ((await pipelinesOf(project)).some(({ name }) => name === history))
    throw new SillageError({
      code: 'history_name_taken',
      message: `The history of "${pipeline.name}" would be published over the mart of the pipeline "${history}"`,
      hint: 'give that pipeline another name',
    })
}

function isoDate(text: string): string {
  if (!isIsoDate(text)) throw new InvalidArgumentError('a day such as 2017-01-31')
  return text
}

function emptySeries({ from, to }: BackfillCommandOptions): SillageError {
  return new SillageError({
    code: 'series_empty',
    message: `--from ${from} is after --to ${to}`,
    hint: 'write the earlier date first',
  })
}

function dateText(
  { as_of, action, rows, steps_run, steps_reused, seconds, error }: BackfilledDate,
  dryRun: boolean,
): string {
  if (error) return `${colors.red('✗')} ${as_of} ${withHint(error)}`
  if (action === 'reuse') return `${colors.dim('=')} ${as_of} kept`
  if (dryRun) return `${colors.yellow('▸')} ${as_of} would run`
  const tables = Object.entries(rows).map(([name, number]) => `${name} ${count(number)} rows`)
  return `${colors.green('✓')} ${as_of} ${tables.join(', ')}; ${steps_run} steps run, ${steps_reused} reused, ${duration(seconds)}`
}
