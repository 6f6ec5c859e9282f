import { readFileSync } from 'node:fs'
import { join, relative, resolve } from 'node:path'
import { exitCode, hasErrors, invalidInput, SillageError } from '@sillage/base'
import type { Command } from 'commander'
import { formatDiagnostic, note, printJson } from '../output.ts'
import { planPipeline } from '../planning.ts'
import { stopOnSignals } from '../stop-on-signals.ts'
import { RunView } from '../terminal/run-view.ts'
import { type OpenedPipeline, openPipeline, pipelinesOf } from '../workspace.ts'
import { collectParam, memoryOf, memorySize, type ParamOptions, paramHelp, wholeNumber } from './options.ts'

interface RunCommandOptions extends ParamOptions {
  readonly select?: readonly string[]
  readonly sample?: number
  readonly dryRun?: boolean
  readonly fullRefresh?: boolean
  readonly threads?: number
  readonly memory?: number
}

export function registerRun(program: Command): void {
  program
    .command('run')
    .description('run a pipeline: stages, checks, publish, activate; only what changed')
    .argument('[pipeline]', 'a file, a folder or a name')
    .option('--param <key=value>', paramHelp, collectParam, {})
    .option('--select <stages...>', 'only these stages and what they read; publishes and sends nothing')
    .option(
      '--sample <rows>',
      'at most so many rows of each source, kept apart; publishes and sends nothing',
      wholeNumber,
    )
    .option('--dry-run', 'all up to publishing, then say what would be published and sent')
    .option('--full-refresh', 'run every step, whatever is known')
    .option('--threads <n>', 'threads of DuckDB and workers (default: the cores)', wholeNumber)
    .option('--memory <size>', 'one budget for all, such as 1GB (default: 60 % of the machine)', memorySize)
    .addHelpText(
      'after',
      '\nExamples:\n  sillage run retail-loyalty\n  sillage run pipeline.yaml --param as_of=2018-01-01 --dry-run\n  sillage run retail-loyalty --output json > run.json\n\nExit codes: 0 ok, 1 a step, check or delivery failed, 4 too many rejects, 75 another run is at it, 78 invalid pipeline, 130 interrupted.',
    )
    .action(async (argument: string | undefined, options: RunCommandOptions) => {
      const abort = new AbortController()
      const stop = stopOnSignals(abort)
      try {
        const opened = await openPipeline(argument, options.param)
        const { plan, diagnostics } = await planPipeline(opened, abort.signal)
        if (!plan || hasErrors(diagnostics)) throw invalidInput(diagnostics)
        await assertOnlyOne(plan.pipeline, opened)
        const { runPlan } = await import('@sillage/run')
        const view = options.output === 'json' ? undefined : new RunView(plan)
        for (const found of diagnostics) note(formatDiagnostic(found))
        const result = await runPlan({
          plan,
          command: `sillage ${process.argv.slice(2).join(' ')}`,
          threads: options.threads,
          memoryBytes: options.memory ?? memoryOf(plan.memory),
          select: options.select,
          sample: options.sample,
          dryRun: options.dryRun,
          fullRefresh: options.fullRefresh,
          secret: (name) => readSecret(name, plan.project),
          now: () => new Date(),
          onEvent: (event) => view?.show(event),
          signal: abort.signal,
        })
        if (view) view.end(result)
        else printJson({ run: result.run })
        process.exitCode = result.exit
      } finally {
        stop()
      }
    })
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
    exit: exitCode.invalid,
  })
}

/** `SILLAGE_SECRET_X`, else the file `secrets/x` of the project. */
function readSecret(name: string, project: string): string {
  const fromEnv = process.env[`SILLAGE_SECRET_${name.toUpperCase()}`]
  if (fromEnv !== undefined) return fromEnv
  try {
    return readFileSync(join(project, 'secrets', name), 'utf8').trim()
  } catch (cause) {
    throw new SillageError({
      code: 'secret_missing',
      message: `The secret "${name}" is not known`,
      hint: `set SILLAGE_SECRET_${name.toUpperCase()}, or write it to secrets/${name}`,
      exit: exitCode.invalid,
      cause,
    })
  }
}
