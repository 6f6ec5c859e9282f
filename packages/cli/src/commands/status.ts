import type { Command } from 'commander'
import colors from 'picocolors'
import { note, print, printJson } from '../output.ts'
import { namedPipeline, namedPipelines } from '../pipeline-name.ts'
import { staleHere, staleText } from '../stale.ts'
import { count, duration } from '../terminal/format.ts'
import { table } from '../terminal/table.ts'
import { type CommonOptions, wholeNumber } from './options.ts'

interface StatusOptions extends CommonOptions {
  readonly limit: number
}

export function registerStatus(program: Command): void {
  program
    .command('status')
    .description('show the last runs, from the journal; works while a run goes on')
    .argument('[pipeline]', 'a file, a folder or a name; without it, all pipelines of the project')
    .option('--limit <runs>', 'how many runs', wholeNumber, 10)
    .addHelpText('after', '\nExamples:\n  sillage status\n  sillage status retail-loyalty --output json')
    .action(async (argument: string | undefined, options: StatusOptions) => {
      const { lastRuns } = await import('@sillage/journal')
      const { readHolder } = await import('@sillage/store/holder')
      const { runPaths } = await import('@sillage/run/paths')
      const names = argument === undefined ? await namedPipelines() : [await namedPipeline(argument)]
      const stale = argument === undefined ? await staleHere() : []
      const runs = names.flatMap(({ project, name }) => {
        const paths = runPaths({ project, pipeline: name })
        const holder = readHolder(paths.database)
        return lastRuns(paths.journals, options.limit).map((run) => ({
          ...run,
          status: run.status === 'running' && holder?.pid !== run.pid ? ('interrupted' as const) : run.status,
        }))
      })
      const shown = runs.sort((a, b) => (a.started < b.started ? 1 : -1)).slice(0, options.limit)
      if (options.output === 'json')
        return printJson({ runs: shown, stale: stale.map(({ pipeline }) => pipeline) })
      for (const one of stale) note(staleText(one))
      if (shown.length === 0) return print('No run yet: sillage run')
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
    })
}
