import { relative } from 'node:path'
import type { VersionFacts } from '@sillage/ledger'
import type { RollbackResult } from '@sillage/upkeep'
import type { Command } from 'commander'
import colors from 'picocolors'
import { now } from '../clock.ts'
import { loadEngine } from '../engine.ts'
import type { KeptVersions } from '../kept-versions.ts'
import { note, print, printJson } from '../output.ts'
import { namedPipeline } from '../pipeline-name.ts'
import { size } from '../terminal/format.ts'
import { table } from '../terminal/table.ts'
import { typedCommand } from '../typed-command.ts'
import type { CommonOptions } from './options.ts'

interface RollbackCommandOptions extends CommonOptions {
  readonly list?: boolean
  readonly dryRun?: boolean
}

export function registerRollback(program: Command): void {
  program
    .command('rollback')
    .description('show readers an older version of the marts again; it holds until the pipeline changes')
    .argument('<pipeline>', 'a file, a folder or a name')
    .argument('[run]', 'the version (default: the previous one)')
    .option('--list', 'list the versions that are kept, and change nothing')
    .option('--dry-run', 'say what it would do, and change nothing')
    .addHelpText(
      'after',
      '\nExamples:\n  sillage rollback retail-loyalty --list\n  sillage rollback retail-loyalty\n  sillage rollback retail-loyalty 20261122T014500-3a9f\n\nNothing is removed: the same command also goes forward. What was delivered stays delivered.',
    )
    .action(async (argument: string, run: string | undefined, options: RollbackCommandOptions) => {
      const { keptVersions, versionBefore } = await import('../kept-versions.ts')
      const { findVersion } = await import('@sillage/ledger')
      const kept = keptVersions(await namedPipeline(argument))
      if (options.list) return await list(kept, options)
      const choose = (versions: KeptVersions['versions']) =>
        run === undefined ? versionBefore({ versions, name: kept.name }) : findVersion(versions, run)
      if (options.dryRun) {
        const from = kept.current?.run ?? null
        const to = choose(kept.versions).run
        if (options.output === 'json')
          return printJson({ rollback: { pipeline: kept.name, from, to, dry_run: true } })
        return print(`would show ${to} instead of ${from ?? 'nothing'}; nothing was changed`)
      }
      const { rollback } = await import('@sillage/upkeep')
      const result = await rollback({
        stores: await loadEngine(),
        places: kept.places,
        pipeline: kept.name,
        choose,
        command: typedCommand(),
        now,
      })
      if (options.output === 'json') return printJson({ rollback: { ...result, dry_run: false } })
      tell(result)
    })
}

function tell({ pipeline, from, to, mart, changed, holds }: RollbackResult): void {
  if (!changed) {
    print(`readers see ${to} already; sillage rollback ${pipeline} --list shows the others`)
    return
  }
  print(
    `${colors.green('✓')} ${relative(process.cwd(), mart)} shows ${to}${from === null ? '' : ` instead of ${from}`}`,
  )
  note(
    holds
      ? `  it holds until the pipeline or its files change${from === null ? '' : `; sillage rollback ${pipeline} ${from} goes back`}`
      : `  ${colors.yellow('!')} the last published version is no longer known: the next run publishes again`,
  )
}

async function list({ name, versions, paths }: KeptVersions, { output }: CommonOptions): Promise<void> {
  const { Database } = await import('@sillage/duckdb')
  const { describeVersions } = await import('@sillage/ledger')
  await using database = await Database.open({ path: ':memory:', tempFolder: paths.temp })
  using session = await database.session()
  const described = await describeVersions(session, versions)
  if (output === 'json') {
    printJson({ pipeline: name, versions: described.map(toJson) })
    return
  }
  print(
    table(
      [
        { title: 'version' },
        { title: 'published (UTC)' },
        { title: 'as of' },
        { title: 'size', right: true },
        { title: '' },
      ],
      [...described]
        .reverse()
        .map(({ run, published_at, as_of, bytes, current }) => [
          run,
          published_at?.slice(0, 19).replace('T', ' ') ?? '?',
          as_of ?? '',
          size(bytes),
          current ? colors.green('current') : '',
        ]),
    ),
  )
}

function toJson({ run, file, bytes, current, published_at, as_of }: VersionFacts) {
  return { run, file, bytes, current, published_at, as_of }
}
