import { invalidInput, SillageError } from '@sillage/base'
import { type Command, Option } from 'commander'
import { print, printJson } from '../output.ts'
import { type CommonOptions, collectParam, type ParamOptions, paramHelp } from './options.ts'

interface ReportOptions extends CommonOptions, ParamOptions {
  readonly to?: string
  readonly format?: 'html' | 'md'
  readonly locale?: 'en' | 'fr'
  readonly run?: string
}

export function registerReport(program: Command): void {
  program
    .command('report')
    .description(
      'write a report on the published marts as one HTML file to mail, or as Markdown with its charts',
    )
    .argument('[pipeline]', 'a file, a folder or a name')
    .option('--to <file>', 'where (default: out/<pipeline>-report.html of the project)')
    .addOption(
      new Option('--format <format>', 'html or md (default: by the extension of --to)').choices([
        'html',
        'md',
      ]),
    )
    .addOption(
      new Option('--locale <locale>', 'its language (default: that of the pipeline)').choices(['en', 'fr']),
    )
    .option('--run <run>', 'an older version that is kept')
    .option('--param <key=value>', paramHelp, collectParam, {})
    .addHelpText(
      'after',
      '\nExamples:\n  sillage report retail-loyalty\n  sillage report josx-launch --locale en --to launch.md\n  sillage report retail-loyalty --run 20261122T014500-3a9f',
    )
    .action(async (argument: string | undefined, options: ReportOptions) => {
      const { openPipeline } = await import('../workspace.ts')
      const { pipeline, diagnostics } = await openPipeline(argument, options.param)
      if (!pipeline) throw invalidInput(diagnostics)
      const { writeReport } = await import('../write-report.ts')
      const written = await writeReport(pipeline, { ...options, format: formatOf(options) })
      if (options.output === 'json') return printJson({ report: written })
      const { reportText } = await import('../terminal/report-view.ts')
      print(reportText(written))
    })
}

function formatOf({ format, to }: ReportOptions): 'html' | 'md' {
  if (format) return format
  if (to === undefined || /\.html?$/i.test(to)) return 'html'
  if (/\.(md|markdown)$/i.test(to)) return 'md'
  throw new SillageError({
    code: 'report_format_unknown',
    message: 'The extension of --to is not a format',
    hint: 'end it in .html or .md, or use --format html or --format md',
  })
}
