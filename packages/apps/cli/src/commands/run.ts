import { relative, resolve } from 'node:path'
import { hasErrors, invalidInput, SillageError } from '@sillage/base'
import type { CatchUp } from '@sillage/journal'
import type { ProgressEvent } from '@sillage/run'
import { type Command, Option } from 'commander'
import { type Alarm, codeOf, isAlarming, openAlarm } from '../alarm/alarm.ts'
import { now } from '../clock.ts'
import { loadEngine } from '../engine.ts'
import { type LineageTeller, openLineage } from '../lineage/open-lineage.ts'
import { formatDiagnostic, note, printJson } from '../output.ts'
import { planPipeline } from '../planning.ts'
import { receivedOf } from '../received.ts'
import { readSecret } from '../secrets.ts'
import { stopOnSignals } from '../stop-on-signals.ts'
import { RunView } from '../terminal/run-view.ts'
import { typedCommand } from '../typed-command.ts'
import { headOf, type OpenedPipeline, openPipeline, pipelinesOf } from '../workspace.ts'
import {
  asOfDay,
  asOfHelp,
  collectParam,
  type DayOptions,
  memoryOf,
  memorySize,
  type ParamOptions,
  paramHelp,
  selectHelp,
  wholeNumber,
} from './options.ts'

export interface RunCommandOptions extends ParamOptions, DayOptions {
  readonly select?: readonly string[]
  readonly sample?: number
  readonly dryRun?: boolean
  readonly fullRefresh?: boolean
  /** Stages whose mirrors may remove more than `max_removed`. */
  readonly allowRemovals?: readonly string[]
  /** The stage to replay. */
  readonly stage?: string
  readonly threads?: number
  readonly memory?: number
  /** Times of the schedule that were missed; the server says it. */
  readonly catchUp?: CatchUp
}

export function registerRun(program: Command): void {
  program
    .command('run')
    .description('run a pipeline: stages, checks, publish, activate; only what changed')
    .argument('[pipeline]', 'a file, a folder or a name')
    .option('--param <key=value>', paramHelp, collectParam, {})
    .option('--as-of <day>', asOfHelp, asOfDay)
    .addOption(new Option('--catch-up <missed>').argParser(missedTimes).hideHelp())
    .option('--select <stages...>', `${selectHelp}; publishes and sends nothing`)
    .option(
      '--sample <rows>',
      'read at most this many rows of each source, kept apart; publishes and sends nothing',
      wholeNumber,
    )
    .option('--dry-run', 'run everything up to publishing, then say what would be published and sent')
    .option('--full-refresh', 'run every step, even if nothing changed')
    .option(
      '--allow-removals <stages...>',
      'let these deliveries remove more than max_removed from their receivers, this once',
    )
    .option('--threads <n>', 'threads of DuckDB and workers (default: number of cores)', wholeNumber)
    .option('--memory <size>', 'one budget for all, such as 1GB (default: 60 % of the machine)', memorySize)
    .addHelpText(
      'after',
      '\nExamples:\n  sillage run retail-loyalty\n  sillage run pipeline.yaml --as-of 2018-01-01 --dry-run\n  sillage run retail-loyalty --output json > run.json\n\nExit codes: 0 ok, 1 a step, check or delivery failed, 4 too many refused rows, 75 another run is in progress, 78 invalid pipeline, 130 interrupted.',
    )
    .action(runCommand)
}

/** Plans and runs a pipeline, shows how it goes, and sets the exit code. */
export async function runCommand(argument: string | undefined, options: RunCommandOptions): Promise<void> {
  const abort = new AbortController()
  const stop = stopOnSignals(abort)
  let alarm: Alarm | undefined
  let lineage: LineageTeller | undefined
  try {
    const opened = await openPipeline(argument, options.param, { asOf: options.asOf, now: now() })
    const byHand = options.select !== undefined || options.sample !== undefined || options.dryRun === true
    if (!byHand) {
      const { pipeline, project, file } = opened
      alarm = openAlarm({ project, pipeline: pipeline?.name ?? headOf(file).name ?? file })
    }
    const { plan, diagnostics } = await planPipeline(opened, abort.signal)
    if (!plan || hasErrors(diagnostics)) throw invalidInput(diagnostics)
    await assertOnlyOne(plan.pipeline, opened)
    const isWhole = options.sample === undefined && options.dryRun !== true
    if (isWhole) lineage = await openLineage({ ...opened, pipeline: opened.pipeline!, plan })
    const { runPlan } = await import('@sillage/run')
    const view = options.output === 'json' ? undefined : new RunView(plan)
    for (const found of diagnostics) note(formatDiagnostic(found))
    const result = await runPlan({
      plan,
      engine: await loadEngine(),
      command: typedCommand(),
      threads: options.threads,
      memoryBytes: options.memory ?? memoryOf(plan.memory),
      limits: opened.project.limits,
      select: options.select,
      sample: options.sample,
      dryRun: options.dryRun,
      fullRefresh: options.fullRefresh,
      replay: options.stage,
      allowRemovals: options.allowRemovals,
      catchUp: options.catchUp,
      notSent: opened.project.notSent,
      secret: (name) => readSecret(name, opened.project),
      received: receivedOf(opened.project.places),
      now,
      onEvent: (event) => (view ? view.show(event) : tellNote(event)),
      onLine: lineage?.tell,
      onRepaired: lineage?.repaired,
      signal: abort.signal,
    })
    if (view) view.end(result)
    else printJson({ run: result.run })
    process.exitCode = result.exit
    const { id: run, status, error } = result.run
    if (status === 'failed')
      await alarm?.({ type: 'run_failed', run, status, error: error?.code, stage: error?.stage })
  } catch (error) {
    if (isAlarming(error)) await alarm?.({ type: 'run_failed', status: 'failed', error: codeOf(error) })
    throw error
  } finally {
    await lineage?.end()
    stop()
  }
}

/** `3,2026-11-28T02:30:00.000Z`: how many, and the last of them. */
function missedTimes(text: string): CatchUp {
  const [times = '', last = ''] = text.split(',')
  return { times: wholeNumber(times), last }
}

/** What a source has to say is heard beside JSON too. */
function tellNote(event: ProgressEvent): void {
  if (event.kind === 'note') note(`${event.stage}: ${event.text}`)
  if (event.kind === 'warning') note(`${event.warning.stage}: ${event.warning.message}`)
}

/** Two pipelines of one name would drop each other's tables and publish over each other's marts. */
async function assertOnlyOne(name: string, { project, file }: OpenedPipeline): Promise<void> {
  const other = (await pipelinesOf(project)).find(
    (one) => one.name === name && resolve(one.file) !== resolve(file),
  )
  if (!other) return
  throw new SillageError({
    code: 'pipeline_name_taken',
    message: `${relative(project.folder, other.file)} is called "${name}" too`,
    hint: 'tables and marts go by the name: give each pipeline of the project its own',
  })
}
