import { exitCode } from '@sillage/base'
import { Command, CommanderError, Option } from 'commander'
import { registerAll } from './commands/index.ts'
import { reportFailure } from './output.ts'

/** Runs the command line and sets the exit code; the process ends by itself when nothing is open any more. */
export async function main(argv: readonly string[]): Promise<void> {
  process.env.UV_THREADPOOL_SIZE ??= '16'
  process.stdout.on('error', (error: NodeJS.ErrnoException) => {
    if (error.code === 'EPIPE') process.exit(exitCode.ok)
  })
  const program = new Command('sillage')
    .description(
      'From raw customer files to activated audiences: one reviewable YAML file, one command, one machine.',
    )
    .version('0.1.0')
    .showHelpAfterError('(sillage --help shows what there is)')
    .configureHelp({ showGlobalOptions: false })
    .exitOverride()
  registerAll(program)
  for (const command of program.commands)
    command
      .addOption(new Option('--output <format>', 'text or json').choices(['text', 'json']).default('text'))
      .exitOverride()
  try {
    await program.parseAsync([...argv])
  } catch (error) {
    process.exitCode =
      error instanceof CommanderError
        ? error.exitCode === 0
          ? exitCode.ok
          : exitCode.usage
        : reportFailure(error, argv.includes('json') ? 'json' : 'text')
  }
}
