import type { ExplainedStage, Explanation } from '@sillage/upkeep'
import type { Command } from 'commander'
import colors from 'picocolors'
import { now } from '../clock.ts'
import { collectKey, keyHelp, type TypedKey } from '../key.ts'
import { print, printJson } from '../output.ts'
import { cell, count } from '../terminal/format.ts'
import { table } from '../terminal/table.ts'
import { openPipeline } from '../workspace.ts'
import { asOfDay, type CommonOptions, wholeNumber } from './options.ts'

interface ExplainOptions extends CommonOptions {
  readonly key: readonly TypedKey[]
  readonly limit: number
  readonly asOf?: string
}

export function registerExplain(program: Command): void {
  program
    .command('explain')
    .description("show one person's rows at each stage, refused ones too, and the rules that decided")
    .argument('<pipeline>', 'a file, a folder or a name')
    .requiredOption('--key <column=value>', keyHelp, collectKey)
    .option('--limit <rows>', 'how many rows of each stage', wholeNumber, 5)
    .option('--as-of <day>', 'show rows of this day only, as they were run with --as-of', asOfDay)
    .addHelpText(
      'after',
      '\nExamples:\n  sillage explain retail-loyalty --key customer_id=17850\n  sillage explain retail-loyalty --key lines.customer_id=17850 --output json\n\nThe output is personal data: it goes to the terminal only.',
    )
    .action(async (argument: string, options: ExplainOptions) => {
      const { withWorking } = await import('../working.ts')
      const { explain } = await import('@sillage/upkeep')
      const opened = await openPipeline(argument, {}, { asOf: options.asOf, now: now() })
      const found = await withWorking(opened, (kept) =>
        explain({
          kept,
          pipeline: opened.pipeline!,
          keys: options.key,
          limit: options.limit,
          ...(options.asOf === undefined ? {} : { asOf: opened.pipeline!.asOf }),
        }),
      )
      if (options.output === 'json') printJson(found)
      else printExplanation(found)
    })
}

function printExplanation({ stages, not_traceable, as_of }: Explanation): void {
  if (as_of !== null) print(colors.dim(`as of ${as_of}`))
  for (const stage of stages) printStage(stage)
  if (not_traceable.length === 0) return
  print(`\n${colors.bold('not traceable')}`)
  for (const { stage, why } of not_traceable) print(`  ${stage}: ${why}`)
}

function printStage({ stage, plugin, key, rows, shown, refused, rules, note }: ExplainedStage): void {
  const more = rows > shown.length ? `, ${shown.length} shown` : ''
  print(
    `\n${colors.bold(stage)} ${colors.dim(plugin)} by ${key.join(', ')}: ${count(rows)} ${rows === 1 ? 'row' : 'rows'}${more}`,
  )
  if (shown.length > 0) printRows(shown)
  if (note !== undefined) print(colors.yellow(note))
  if (refused.length > 0) {
    print(colors.yellow(`refused: ${refused.length}`))
    printRows(refused)
  }
  for (const { name, when, decided, holds } of rules) {
    const mark = decided > 0 ? colors.green('▸') : ' '
    const told = when === undefined ? 'all others' : `when ${when}`
    const held = holds === undefined ? '' : holds > 0 ? ', holds' : ', does not hold'
    print(`${mark} ${name}: ${told}${held}${decided > 0 ? `, decided ${count(decided)}` : ''}`)
  }
}

function printRows(rows: readonly Readonly<Record<string, unknown>>[]): void {
  const names = Object.keys(rows[0]!)
  print(
    table(
      names.map((title) => ({ title })),
      rows.map((row) => names.map((name) => cell(row[name]))),
    ),
  )
}
