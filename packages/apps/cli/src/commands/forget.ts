import { relative } from 'node:path'
import { exitCode, invalidInput } from '@sillage/base'
import type { ForgetReceipt } from '@sillage/upkeep'
import type { Command } from 'commander'
import colors from 'picocolors'
import { now } from '../clock.ts'
import { loadEngine } from '../engine.ts'
import { collectKey, keyHelp, type TypedKey } from '../key.ts'
import { print, printJson } from '../output.ts'
import { planPipeline } from '../planning.ts'
import { blankRecordsOf } from '../received.ts'
import { readSecret } from '../secrets.ts'
import { count } from '../terminal/format.ts'
import { table } from '../terminal/table.ts'
import { type OpenedPipeline, openPipeline } from '../workspace.ts'
import { type CommonOptions, memoryOf } from './options.ts'

interface ForgetOptions extends CommonOptions {
  readonly key: readonly TypedKey[]
}

export function registerForget(program: Command): void {
  program
    .command('forget')
    .description('remove a person from everything that Sillage keeps, and keep them out of later runs')
    .argument('<pipeline>', 'a file, a folder or a name')
    .requiredOption('--key <column=value>', keyHelp, collectKey)
    .addHelpText(
      'after',
      '\nExamples:\n  sillage explain retail-loyalty --key customer_id=17850      (what is kept)\n  sillage forget retail-loyalty --key customer_id=17850 --output json > receipt.json\n\nThe receipt contains no value of the person. Exit codes: 0 nothing is left, 1 something is left (the receipt says where), 75 a run is in progress.',
    )
    .action(async (argument: string, options: ForgetOptions) => {
      const opened = await openPipeline(argument, {})
      if (!opened.pipeline) throw invalidInput(opened.diagnostics)
      const { forget } = await import('@sillage/upkeep')
      const receipt = await forget({
        stores: await loadEngine(),
        pipeline: opened.pipeline,
        keys: options.key,
        ...(await plannedOf(opened)),
        secret: (name) => readSecret(name, opened.project),
        notSent: opened.project.notSent,
        asOf: opened.pipeline.asOf,
        blankRecords: blankRecordsOf(opened.project.places),
        memoryBytes: memoryOf(opened.pipeline.memory),
        command: `sillage forget ${opened.pipeline.name}`,
        now: now(),
      })
      if (options.output === 'json') printJson(receipt)
      else printReceipt(receipt)
      if (receipt.scan.hits.length > 0) process.exitCode = exitCode.failed
    })
}

/** The files that the sources read, and the deliveries; none where files are gone, which stops nothing. */
async function plannedOf(opened: OpenedPipeline) {
  const { plan } = await planPipeline(opened, new AbortController().signal)
  const steps = plan?.steps ?? []
  return {
    sources: [...new Set(steps.flatMap((step) => (step.style === 'source' ? step.files : [])))],
    sinks: steps.filter((step) => step.style === 'sink'),
  }
}

function printReceipt(receipt: ForgetReceipt): void {
  const shown = (file: string): string => relative(process.cwd(), file) || file
  const { removed, not_traceable: untraced, scan, sources, key } = receipt
  print(
    `${colors.bold(`receipt ${receipt.receipt}`)}: ${receipt.pipeline}, by ${key.columns.join(', ')}, ${receipt.at}\nsuppressed as ${key.hash}\n`,
  )
  if (removed.length === 0) print('no rows were there')
  else
    print(
      table(
        [
          { title: 'file' },
          { title: 'table or stage' },
          { title: 'found by' },
          { title: 'rows', right: true },
        ],
        removed.map(({ file, table: name, how, rows }) => [shown(file), name, how, count(rows)]),
      ),
    )
  const { searched } = receipt
  print(
    `\nscanned ${count(scan.relations)} relations by value and ${count(scan.files)} files by bytes for ${searched.keys} spellings of the key and ${searched.personal} personal values: ${scan.hits.length === 0 ? colors.green('0 hits') : colors.red(`${scan.hits.length} hits`)}`,
  )
  for (const { file, relation, identifier, found, next } of scan.hits)
    print(
      `  ${colors.red('✗')} ${shown(file)} ${relation ?? 'bytes'}: a value of ${identifier}, ${found}×\n    ${colors.cyan('→')} ${next}`,
    )
  for (const { file, why } of scan.unread)
    print(`  ${colors.yellow('!')} ${shown(file)} was not read: ${why}`)
  for (const { column, values, why } of receipt.not_searched)
    print(
      `  ${colors.yellow('!')} ${values} ${values === 1 ? 'value' : 'values'} of ${column} not searched for: ${why}`,
    )
  if (untraced.length > 0)
    print(
      `\nnot traceable to the key (searched by value): ${[...new Set(untraced.map((one) => one.table))].join(', ')}`,
    )
  if (receipt.models.length > 0) print(`models, fitted again by the next run: ${receipt.models.join(', ')}`)
  const held = sources.filter(({ holds }) => holds !== 'no')
  if (held.length > 0) print('\nyours to do: the sources')
  for (const { file, holds } of held)
    print(`  ${shown(file)}: ${holds === 'yes' ? 'holds the person still' : 'was not read'}`)
  for (const { stage, destination, told, why } of receipt.mirrors)
    print(
      told
        ? `${colors.green('✓')} ${stage}: ${destination} was told that the person is gone`
        : `${colors.yellow('!')} ${stage}: ${destination} still has the person, and was not told (${why}): ask there`,
    )
  if (receipt.sent_to.length > 0)
    print(`yours to do: who received messages of this pipeline: ${receipt.sent_to.join(', ')}`)
  print(`\n${colors.cyan('→')} sillage run ${receipt.pipeline}: the next run keeps the person out`)
}
