import { join } from 'node:path'
import { exitCode, parseDuration, SillageError } from '@sillage/base'
import { type Command, InvalidArgumentError, Option } from 'commander'
import colors from 'picocolors'
import { now } from '../clock.ts'
import type { Freshness } from '../freshness/check-freshness.ts'
import { readLost } from '../lineage/lost-events.ts'
import { note, print, printJson } from '../output.ts'
import { staleHere, staleText } from '../stale.ts'
import { runsText, type ShownRun } from '../terminal/status-view.ts'
import { headOf, openPipeline, openWorkspace, type PipelineHead, pipelinesOf } from '../workspace.ts'
import { type CommonOptions, wholeNumber } from './options.ts'

interface StatusOptions extends CommonOptions {
  readonly limit: number
  readonly check?: boolean
  readonly watch?: boolean
  readonly interval: number
}

export function registerStatus(program: Command): void {
  program
    .command('status')
    .description('show the last runs, from the journal; works during a run')
    .argument('[pipeline]', 'a file, a folder or a name; without it, all pipelines of the project')
    .option('--limit <runs>', 'how many runs', wholeNumber, 10)
    .option('--check', 'exit 1 if the last success is older than `freshness` allows, and notify on_failure')
    .addOption(
      new Option(
        '--watch',
        'look again and again, until Ctrl-C; on a pipe, a line for each change',
      ).conflicts('check'),
    )
    .option('--interval <time>', 'how often --watch refreshes, such as 500ms or 5s', interval, 1000)
    .addHelpText(
      'after',
      '\nExamples:\n  sillage status\n  sillage status retail-loyalty --output json\n  sillage status --watch --interval 5s\n  sillage status --check',
    )
    .action(async (argument: string | undefined, options: StatusOptions) => {
      if (options.watch) return await watch(argument, options)
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
        print(runsText(shown))
        for (const { run, pipeline, lineage_lost: lost } of shown)
          if (lost)
            note(
              `${colors.yellow('!')} ${pipeline} ${run}: ${lost.events} lineage events were lost: ${lost.reason}`,
            )
        if (checked) printFreshness(checked)
      }
      if (checked?.some(({ fresh }) => !fresh)) process.exitCode = exitCode.failed
    })
}

const shortestMs = 100

function interval(text: string): number {
  const ms = parseDuration(text)
  if (ms === undefined || ms < shortestMs)
    throw new InvalidArgumentError(`a time such as 500ms or 5s, from ${shortestMs}ms`)
  return ms
}

/** Pipelines are found anew each time: one that is written meanwhile is shown too. */
async function watch(
  argument: string | undefined,
  { output, limit, interval: everyMs }: StatusOptions,
): Promise<void> {
  if (output === 'json') throw watchIsText()
  const { watchRuns } = await import('../terminal/watch.ts')
  await watchRuns(async () => {
    const named = argument === undefined ? await allNames() : await nameOf(argument)
    return await withRowsSoFar(named, await runsOf(named, limit))
  }, everyMs)
}

/** Adds the rows of stages that go on, which only single lines of a journal tell. */
async function withRowsSoFar(
  { project }: Named,
  runs: Awaited<ReturnType<typeof runsOf>>,
): Promise<readonly ShownRun[]> {
  const { readLines } = await import('@sillage/journal')
  const { runPaths } = await import('@sillage/ledger/paths')
  return runs.map((run) => {
    if (run.status !== 'running') return run
    const { journals } = runPaths({ places: project.places, pipeline: run.pipeline })
    const told = readLines(join(journals, `${run.run}.jsonl`)).flatMap((line) =>
      line.event === 'step_progress' ? [[line.stage, line.rows] as const] : [],
    )
    return { ...run, rowsSoFar: Object.fromEntries(told) }
  })
}

function watchIsText(): SillageError {
  return new SillageError({
    code: 'watch_is_text',
    message: '--watch never ends, so it cannot write one JSON document',
    hint: 'ask sillage status --output json again, or follow a run: GET /api/v1/runs/{id}/events of sillage serve',
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
  const { readHolder } = await import('@sillage/ledger/holder')
  const { runPaths } = await import('@sillage/ledger/paths')
  const runs = pipelines.flatMap(({ name }) => {
    const paths = runPaths({ places: project.places, pipeline: name })
    const holders = paths.databases.map((path) => readHolder(path)?.pid)
    const lost = readLost(project.places, name)?.last
    return lastRuns(paths.journals, limit).map((run) => ({
      ...run,
      ...(lost && lost.run === run.run ? { lineage_lost: { events: lost.events, reason: lost.reason } } : {}),
      status: run.status === 'running' && !holders.includes(run.pid) ? ('interrupted' as const) : run.status,
    }))
  })
  return runs.sort((a, b) => (a.run < b.run ? 1 : -1)).slice(0, limit)
}

/** Each stale pipeline is told to `on_failure`. */
async function check({ project, pipelines }: Named): Promise<readonly Freshness[]> {
  const { checkFreshness } = await import('../freshness/check-freshness.ts')
  const { openAlarm } = await import('../alarm/alarm.ts')
  const found = checkFreshness({ project, pipelines, now: now() })
  for (const { pipeline, fresh } of found)
    if (!fresh) await openAlarm({ project, pipeline })({ type: 'pipeline_stale', status: 'stale' })
  return found
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
