import { exitCode, hasErrors } from '@sillage/base'
import type { Command } from 'commander'
import colors from 'picocolors'
import { formatDiagnostic, note, print, printJson } from '../output.ts'
import { planWarnings } from '../plan-warnings.ts'
import { planPipeline } from '../planning.ts'
import { openPipeline } from '../workspace.ts'
import { collectParam, type ParamOptions, paramHelp } from './options.ts'

export function registerValidate(program: Command): void {
  program
    .command('validate')
    .description(
      'check a pipeline: its syntax, the configuration of its plugins, every column through the whole graph; runs nothing',
    )
    .argument('[pipeline]', 'a file, a folder or a name')
    .option('--param <key=value>', paramHelp, collectParam, {})
    .addHelpText(
      'after',
      '\nExamples:\n  sillage validate\n  sillage validate pipelines/retail-loyalty/pipeline.yaml --output json',
    )
    .action(async (argument: string | undefined, options: ParamOptions) => {
      const opened = await openPipeline(argument, options.param)
      const { plan, diagnostics: found } = await planPipeline(opened, new AbortController().signal)
      const diagnostics = [...found, ...planWarnings(plan, opened)]
      const valid = !hasErrors(diagnostics)
      if (options.output === 'json') printJson({ valid, diagnostics })
      else {
        for (const found of diagnostics) note(formatDiagnostic(found))
        if (plan)
          print(
            `${colors.green('valid')} ${plan.pipeline}: ${plan.steps.length} stages, ${plan.marts.length} ${plan.marts.length === 1 ? 'mart' : 'marts'}`,
          )
      }
      process.exitCode = valid ? exitCode.ok : exitCode.invalid
    })
}
