import { didYouMean, SillageError } from '@sillage/base'
import type { RefusedStage } from '@sillage/upkeep'
import type { Command } from 'commander'
import { print, printJson } from '../output.ts'
import { refusedText } from '../terminal/rejects-view.ts'
import { openPipeline } from '../workspace.ts'
import { type CommonOptions, wholeNumber } from './options.ts'

interface RejectsOptions extends CommonOptions {
  readonly stage?: string
  readonly limit: number
  readonly samples: boolean
}

export function registerRejects(program: Command): void {
  program
    .command('rejects')
    .description('summarise the refused rows of the last run by stage and reason, with sample rows')
    .argument('[pipeline]', 'a file, a folder or a name')
    .option('--stage <stage>', 'only this one')
    .option('--limit <rows>', 'how many rows of each reason to show', wholeNumber, 3)
    .option('--no-samples', 'show counts only: raw rows may be personal')
    .addHelpText(
      'after',
      '\nExamples:\n  sillage rejects retail-loyalty\n  sillage rejects retail-loyalty --stage lines --limit 20\n  sillage rejects retail-loyalty --no-samples --output json',
    )
    .action(async (argument: string | undefined, options: RejectsOptions) => {
      const { withWorking } = await import('../working.ts')
      const { refusedRows } = await import('@sillage/upkeep')
      const opened = await openPipeline(argument, {})
      const all = opened.pipeline?.stages.map((stage) => stage.name) ?? []
      const stages: readonly RefusedStage[] = await withWorking(opened, async (kept) =>
        refusedRows(kept, {
          stages: options.stage === undefined ? all : [known(options.stage, all)],
          samples: options.samples ? options.limit : 0,
        }),
      )
      const name = opened.pipeline!.name
      if (options.output === 'json') return printJson({ rejects: { pipeline: name, stages } })
      print(refusedText(name, stages))
    })
}

function known(stage: string, all: readonly string[]): string {
  if (all.includes(stage)) return stage
  throw new SillageError({
    code: 'stage_unknown',
    message: `The pipeline has no stage "${stage}"`,
    hint: didYouMean(stage, all),
  })
}
