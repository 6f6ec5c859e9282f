import { relative } from 'node:path'
import { exitOf, isSillageError, SillageError } from '@sillage/base'
import type { Garbage } from '@sillage/upkeep'
import type { Command } from 'commander'
import colors from 'picocolors'
import { loadEngine } from '../engine.ts'
import type { InboxGarbage } from '../inbox-garbage.ts'
import { note, print, printJson, reportFailure } from '../output.ts'
import { staleHere, staleText } from '../stale.ts'
import { size } from '../terminal/format.ts'
import { typedCommand } from '../typed-command.ts'
import { type OpenedPipeline, openPipeline, openWorkspace, pipelinesOf } from '../workspace.ts'
import { type CommonOptions, wholeNumber } from './options.ts'

interface GcOptions extends CommonOptions {
  readonly dryRun?: boolean
  readonly keep?: number
  readonly journals: number
  readonly stale?: boolean
}

export function registerGc(program: Command): void {
  program
    .command('gc')
    .description(
      'remove old versions of marts, leftovers of ended runs and old journals; compact what is left',
    )
    .argument('[pipeline]', 'a file, a folder or a name; without it, all pipelines of the project')
    .option('--dry-run', 'say what it would remove, and change nothing')
    .option('--keep <n>', 'versions of the mart to keep (default: what the pipeline says)', wholeNumber)
    .option('--journals <n>', 'journals to keep', wholeNumber, 100)
    .option('--stale', 'also remove the working data of pipelines that the project no longer has')
    .addHelpText(
      'after',
      '\nExamples:\n  sillage gc --dry-run\n  sillage gc retail-loyalty --keep 1\n  sillage gc --stale\n\nThe current version and state/ always stay, except records of forms that are older than the form’s `remove_after` and that every pipeline has read and published. A reader of an old version keeps reading it.',
    )
    .action(async (argument: string | undefined, options: GcOptions) => {
      const { collectGarbage } = await import('@sillage/upkeep')
      const stores = await loadEngine()
      const collected: Garbage[] = []
      const skipped: { readonly pipeline: string; readonly error: SillageError }[] = []
      for (const file of argument === undefined ? await allFiles() : [argument]) {
        const opened = await openPipeline(file, {})
        try {
          collected.push(
            await collectGarbage({
              stores,
              ...keepOf(opened, options),
              journals: options.journals,
              command: typedCommand(),
              dryRun: options.dryRun === true,
            }),
          )
        } catch (error) {
          if (argument !== undefined || !isSillageError(error)) throw error
          skipped.push({ pipeline: opened.pipeline?.name ?? relative(process.cwd(), opened.file), error })
        }
      }
      const inbox: InboxGarbage[] = []
      if (argument === undefined) {
        const { collectInbox } = await import('../inbox-garbage.ts')
        const { project } = await openWorkspace(process.cwd())
        try {
          inbox.push(...(await collectInbox(project, options.dryRun === true)))
        } catch (error) {
          if (!isSillageError(error)) throw error
          skipped.push({ pipeline: 'inbox', error })
        }
      }
      const stale = argument === undefined ? await staleHere() : []
      const removed = options.stale && !options.dryRun ? await removeAll(stale) : []
      if (options.output === 'json')
        printJson({
          gc: collected,
          inbox,
          skipped: skipped.map(({ pipeline, error: { code, message } }) => ({ pipeline, code, message })),
          stale: stale.map((one) => ({ ...one, removed: removed.includes(one) })),
        })
      else {
        for (const garbage of collected) print(garbageText(garbage, options.dryRun === true))
        for (const form of inbox) print(inboxText(form, options.dryRun === true))
        for (const { error } of skipped) reportFailure(error, 'text')
        for (const one of stale) {
          if (removed.includes(one)) print(`${one.pipeline}: removed its working data, ${size(one.bytes)}`)
          else note(staleText(one))
        }
      }
      if (skipped.length > 0) process.exitCode = exitOf(skipped[0]!.error)
    })
}

/** How many versions to keep is what the pipeline says: where it cannot be read nothing is removed. Throws `invalid`. */
function keepOf({ pipeline, file }: OpenedPipeline, { keep }: GcOptions) {
  if (!pipeline)
    throw new SillageError({
      code: 'invalid',
      message: 'The pipeline has errors',
      hint: `sillage validate ${relative(process.cwd(), file)}`,
    })
  return { places: pipeline.places, pipeline: pipeline.name, keep: keep ?? pipeline.keep }
}

async function allFiles(): Promise<readonly string[]> {
  const { project } = await openWorkspace(process.cwd())
  return (await pipelinesOf(project)).map(({ file }) => file)
}

async function removeAll(stale: Awaited<ReturnType<typeof staleHere>>) {
  const { removeStale } = await import('@sillage/upkeep/stale')
  const { project } = await openWorkspace(process.cwd())
  return stale.filter((one) => removeStale(project.places, one))
}

const words: Readonly<Record<Garbage['items'][number]['kind'], readonly [string, string]>> = {
  version: ['old version', 'old versions'],
  orphan: ['version that was never published', 'versions that were never published'],
  link: ['leftover link', 'leftover links'],
  temporary: ['temporary file', 'temporary files'],
  cache: ['cache', 'caches'],
  journal: ['journal', 'journals'],
}

function garbageText(
  { pipeline, items, compacted, segments, freed_bytes }: Garbage,
  dryRun: boolean,
): string {
  const kinds = [...new Set(items.map(({ kind }) => kind))]
  const parts = kinds.map((kind) => {
    const count = items.filter((item) => item.kind === kind).length
    return `${count} ${words[kind][count === 1 ? 0 : 1]}`
  })
  const removing = parts.length === 0 ? [] : [`${dryRun ? 'would remove' : 'removed'} ${parts.join(', ')}`]
  const compacting = compacted
    ? [
        `${dryRun ? 'would compact' : 'compacted'} the working database from ${size(compacted.before)} to ${dryRun ? 'about ' : ''}${size(compacted.after)}`,
      ]
    : []
  const merging = segments === 0 ? [] : [`made ${segments} segments of deliveries one a receiver`]
  const done = [...removing, ...merging, ...compacting]
  if (done.length === 0) return `${pipeline}: nothing to remove`
  return `${colors.bold(pipeline)}: ${done.join('; ')}: ${size(freed_bytes)} ${dryRun ? 'would be freed' : 'freed'}`
}

function inboxText({ form, removed, freed_bytes, kept, needed_by }: InboxGarbage, dryRun: boolean): string {
  const files = (count: number) => `${count} old ${count === 1 ? 'file' : 'files'}`
  const last = removed.at(-1)
  const why =
    needed_by.length === 0
      ? 'no pipeline reads the form'
      : `not read and published by ${needed_by.join(', ')}`
  const parts = [
    ...(last
      ? [
          `${dryRun ? 'would remove' : 'removed'} ${files(removed.length)} of records up to ${last.ended}: ${size(freed_bytes)} ${dryRun ? 'would be freed' : 'freed'}`,
        ]
      : []),
    ...(kept > 0 ? [`${files(kept)} stay: ${why}`] : []),
  ]
  return `${colors.bold(`form ${form}`)}: ${parts.length === 0 ? 'nothing to remove' : parts.join('; ')}`
}
