import { exitCode, neverEnds } from '@sillage/base'
import { Command, CommanderError, Option } from 'commander'
import { registerCommands } from './commands/index.ts'
import { type OutputFormat, ownStdout, printJson, printRaw, reportFailure } from './output.ts'

/** Runs the command line and sets the exit code; the process ends by itself when nothing is open any more. */
export async function main(argv: readonly string[]): Promise<void> {
  process.env.UV_THREADPOOL_SIZE ??= '16'
  for (const stream of [process.stdout, process.stderr]) stream.on('error', ignoreClosedPipe)
  const output = outputOf(argv)
  using _ = ownStdout()
  const program = new Command('sillage')
    .description(
      'From raw customer files to activated audiences: one reviewable YAML file, one command, one machine.',
    )
    .version('0.1.0')
    .showHelpAfterError('(sillage --help lists the commands and options)')
    .configureHelp({ showGlobalOptions: false })
    .configureOutput({ writeOut: printRaw, ...(output === 'json' ? { writeErr: () => {} } : {}) })
    .exitOverride()
  registerCommands(program, argv[2])
  for (const command of program.commands)
    command
      .addOption(new Option('--output <format>', 'text or json').choices(['text', 'json']).default('text'))
      .addOption(new Option('--env <name>', 'an environment of sillage.yaml').env('SILLAGE_ENV'))
      .exitOverride()
  // The option is the variable by another name, for what this process starts too.
  program.hook('preAction', (_, command) => {
    const { env } = command.opts<{ readonly env?: string }>()
    if (env !== undefined) process.env.SILLAGE_ENV = env
  })
  try {
    await Promise.race([program.parseAsync([...argv]), neverEnds()])
  } catch (error) {
    process.exitCode =
      error instanceof CommanderError ? endUsage(error, output) : reportFailure(error, output)
  }
}

/** A reader that left (`| head`) does not stop a run: the rest is written to nobody. */
function ignoreClosedPipe(error: NodeJS.ErrnoException): void {
  if (error.code !== 'EPIPE') throw error
}

/** The format as typed: needed before the options are read, which may fail. */
function outputOf(argv: readonly string[]): OutputFormat {
  const after = argv[argv.indexOf('--output') + 1]
  return argv.includes('--output=json') || (argv.includes('--output') && after === 'json') ? 'json' : 'text'
}

/** Help is an end like any other; a wrong command line was told by commander as text, and is told here as JSON. */
function endUsage({ exitCode: exit, message }: CommanderError, output: OutputFormat): number {
  if (exit === 0) return exitCode.ok
  if (output === 'json')
    printJson({
      error: {
        code: 'usage',
        message: message.replace(/^error: /, ''),
        hint: 'sillage --help lists the commands and options',
      },
      diagnostics: [],
    })
  return exitCode.usage
}
