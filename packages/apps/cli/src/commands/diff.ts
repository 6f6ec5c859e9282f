import { SillageError } from '@sillage/base'
import type { Command } from 'commander'
import colors from 'picocolors'
import { loadEngine } from '../engine.ts'
import { print, printJson } from '../output.ts'
import { namedPipeline } from '../pipeline-name.ts'
import { diffText } from '../terminal/diff-view.ts'
import { type CommonOptions, memorySize, wholeNumber } from './options.ts'

interface DiffOptions extends CommonOptions {
  readonly samples?: number
  readonly memory?: number
}

export function registerDiff(program: Command): void {
  program
    .command('diff')
    .description('compare two published versions: columns, rows by the mart’s key, moves between segments')
    .argument('<pipeline>', 'a file, a folder or a name')
    .argument(
      '[runs...]',
      'the earlier version, then the later one (default: the previous one and the current one)',
    )
    .option(
      '--samples <n>',
      'show the keys of up to this many rows that were added, removed or changed; they may be personal',
      wholeNumber,
    )
    .option('--memory <size>', 'memory limit, such as 1GB; beyond it the disk is used', memorySize)
    .addHelpText(
      'after',
      '\nExamples:\n  sillage diff retail-loyalty\n  sillage diff retail-loyalty 20261122T014500-3a9f --samples 5\n  sillage rollback retail-loyalty --list        lists the versions',
    )
    .action(async (argument: string, runs: readonly string[], options: DiffOptions) => {
      if (runs.length > 2) throw tooManyVersions(runs.length)
      const { keptVersions, versionsToCompare } = await import('../kept-versions.ts')
      const { compareVersions } = await import('@sillage/upkeep')
      const kept = keptVersions(await namedPipeline(argument))
      const { before, after } = versionsToCompare(kept, runs)
      const changes = await compareVersions({
        before,
        after,
        samples: options.samples ?? 0,
        memoryBytes: options.memory,
        tempFolder: `${kept.paths.temp}-diff`,
        openDatabase: (await loadEngine()).openDatabase,
      })
      if (options.output === 'json')
        return printJson({ diff: { pipeline: kept.name, before: before.run, after: after.run, ...changes } })
      print(`${colors.dim(`${before.run} → ${after.run}`)}\n\n${diffText(changes)}`)
    })
}

function tooManyVersions(count: number): SillageError {
  return new SillageError({
    code: 'too_many_versions',
    message: `${count} versions were named`,
    hint: 'two are compared: the earlier one, then the later one',
  })
}
