import type { Command } from 'commander'
import { asOfDay, asOfHelp, collectParam, memorySize, paramHelp, wholeNumber } from './options.ts'
import { type RunCommandOptions, runCommand } from './run.ts'

export function registerReplay(program: Command): void {
  program
    .command('replay')
    .description(
      'after a rule or the source is fixed: pass only the refused rows of a stage through again, then run what reads it',
    )
    .argument('[pipeline]', 'a file, a folder or a name')
    .requiredOption('--stage <name>', 'the stage whose refused rows are replayed')
    .option('--param <key=value>', paramHelp, collectParam, {})
    .option('--as-of <day>', asOfHelp, asOfDay)
    .option('--dry-run', 'run everything up to publishing, then say what would be published and sent')
    .option('--threads <n>', 'threads of DuckDB and workers (default: number of cores)', wholeNumber)
    .option('--memory <size>', 'one budget for all, such as 1GB (default: 60 % of the machine)', memorySize)
    .addHelpText(
      'after',
      `
Rows that pass join those that were accepted before, which are left as they are: where the rules became stricter,
\`sillage run --full-refresh\` holds all rows to them. What was refused until now is kept in sillage.reject_history.

Examples:
  sillage rejects retail-loyalty
  sillage replay retail-loyalty --stage lines`,
    )
    .action((argument: string | undefined, options: RunCommandOptions) => runCommand(argument, options))
}
