import { exitCode } from '@sillage/base'
import type { Command } from 'commander'
import colors from 'picocolors'
import type { Freshness } from '../freshness.ts'
import { note, print, printJson } from '../output.ts'
import { staleHere, staleText } from '../stale.ts'
import { count, duration } from '../terminal/format.ts'
import { table } from '../terminal/table.ts'
import { headOf, openPipeline, openWorkspace, type PipelineHead, pipelinesOf } from '../workspace.ts'
import { type CommonOptions, wholeNumber } from './options.ts'

interface StatusOptions extends CommonOptions {
  readonly limit: number
  readonly check?: boolean
}

export function registerStatus(program: Command): void {
  program
    .command('status')
    .description('show the last runs, from the journal; works while a run goes on')
    .argument('[pipeline]', 'a file, a folder or a name; without it, all pipelines of the project')
    .option('--limit <runs>', 'how many runs', wholeNumber, 10)
    .option('--check', 'exit 1 where the last success is older than `freshness` allows, and tell on_failure')
    .addHelpText(
      'after',
      '\nExamples:\n  sillage status\n  sillage status retail-loyalty --output json\n  sillage status --check',
    )
    .action(async (argument: string | undefined, options: StatusOptions) => {
      const named = argument === undefined ? await allNames() : await nameOf(argument)
      const checked = options.check ? await check(named) : undefined
      const shown = await runsOf(named, options.limit)
      const stale = argument === undefined ? await staleHere() : []
      if (options.output === 'json')
        printJson({
          runs: shown,
          stale: stale.map(({ pipeline }) => pipeline),
          ...(checked === undefined ? {} : { freshness: checked }),
        })
      else {
        for (const one of stale) note(staleText(one))
        printRuns(shown)
        if (checked) printFreshness(checked)
      }
      if (checked?.some(({ fresh }) => !fresh)) process.exitCode = exitCode.failed
    })
}

type Named = Awaited<ReturnType<typeof allNames>>

async function nameOf(argument: string) {
  const { pipeline, project, file } = await openPipeline(argument, {})
  const head = headOf(file)
  const name = pipeline?.name ?? head.name ?? file
  return { project, pipelines: [{ ...head, name, file }] }
}

async function allNames() {
  const { project } = await openWorkspace(process.cwd())
  const pipelines: readonly (PipelineHead & { readonly name: string; readonly file: string })[] =
    await pipelinesOf(project)
  return { project, pipelines }
}

async function runsOf({ project, pipelines }: Named, limit: number) {
  const { lastRuns } = await import('@sillage/journal')
  const { readHolder } = await import('@sillage/store/holder')
  const { runPaths } = await import('@sillage/run/paths')
  const runs = pipelines.flatMap(({ name }) => {
    const paths = runPaths({ places: project.places, pipeline: name })
    const holder = readHolder(paths.database)
    return lastRuns(paths.journals, limit).map((run) => ({
      ...run,
      status: run.status === 'running' && holder?.pid !== run.pid ? ('interrupted' as const) : run.status,
    }))
  })
  return runs.sort((a, b) => (a.run < b.run ? 1 : -1)).slice(0, limit)
}

/** Each stale pipeline is told to `on_failure`. */
async function check({ project, pipelines }: Named): Promise<readonly Freshness[]> {
  const { checkFreshness } = await import('../freshness.ts')
  const { openAlarm } = await import('../alarm.ts')
  const found = checkFreshness({ project, pipelines, now: new Date() })
  for (const { pipeline, fresh } of found)
    if (!fresh) await openAlarm({ project, pipeline })({ type: 'pipeline_stale', status: 'stale' })
  return found
}

function printRuns(shown: Awaited<ReturnType<typeof runsOf>>): void {
  if (shown.length === 0) {
    print('No run yet: sillage run')
    return
  }
  print(
    table(
      [
        { title: 'run' },
        { title: 'pipeline' },
        { title: 'status' },
        { title: 'seconds', right: true },
        { title: 'steps', right: true },
        { title: 'rejected', right: true },
        { title: 'note' },
      ],
      shown.map((run) => [
        run.run,
        run.pipeline,
        run.status === 'succeeded'
          ? colors.green(run.status)
          : run.status === 'running'
            ? colors.cyan(run.status)
            : colors.red(run.status),
        run.seconds === undefined ? '' : duration(run.seconds),
        `${run.steps.length}/${run.stages.length}`,
        count(run.steps.reduce((sum, step) => sum + step.rejected, 0)),
        run.error?.message ??
          run.current ??
          (run.rolledBackTo === undefined ? '' : `rolled back to ${run.rolledBackTo}`),
      ]),
    ),
  )
}

function printFreshness(found: readonly Freshness[]): void {
  print('')
  for (const { pipeline, freshness, last_success: last, fresh } of found)
    print(
      fresh
        ? `${colors.green('✓')} ${pipeline}: last success ${last}, within ${freshness}`
        : `${colors.red('✗')} ${pipeline}: ${last === null ? 'no success is known' : `last success ${last}`}, allowed are ${freshness}\n  ${colors.cyan('→')} sillage run ${pipeline}`,
    )
}
