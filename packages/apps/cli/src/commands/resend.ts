import { didYouMean, invalidInput, SillageError } from '@sillage/base'
import type { Plan, SinkStep } from '@sillage/plan'
import type { Command } from 'commander'
import { now } from '../clock.ts'
import { loadEngine } from '../engine.ts'
import { note, printJson } from '../output.ts'
import { planPipeline } from '../planning.ts'
import { count } from '../terminal/format.ts'
import { typedCommand } from '../typed-command.ts'
import { openPipeline } from '../workspace.ts'
import { collectParam, type ParamOptions, paramHelp } from './options.ts'
import { runCommand } from './run.ts'

interface ResendOptions extends ParamOptions {
  readonly failed?: boolean
  readonly unknown?: boolean
  readonly since?: string
  readonly where?: string
  readonly markDelivered?: boolean
  readonly dryRun?: boolean
  readonly yes?: boolean
}

export function registerResend(program: Command): void {
  program
    .command('resend')
    .description('send rows of a delivery again: first says how many, then runs the pipeline')
    .argument('<pipeline>', 'a file, a folder or a name')
    .argument('<stage>', 'the stage that delivers')
    .option('--failed', 'rows that the receiver refused')
    .option('--unknown', 'rows that an earlier version of Sillage may have sent or not')
    .option('--since <time>', 'what was delivered since then: a run, or a time such as 2026-11-29T08:00')
    .option('--where <condition>', 'rows for which this is true, over the columns that are sent')
    .option('--mark-delivered', 'record the rows as delivered instead of sending them')
    .option('--dry-run', 'only say how many')
    .option('-y, --yes', 'do not ask')
    .option('--param <key=value>', paramHelp, collectParam, {})
    .addHelpText(
      'after',
      `\nExamples:\n  sillage resend shop crm --failed\n  sillage resend shop crm --where "country = 'FR'" --dry-run\n  sillage resend shop crm --unknown --mark-delivered\n\nRows are sent under new ids: a receiver that knows the old ids treats them as new messages.`,
    )
    .action(resendCommand)
}

async function resendCommand(argument: string, stage: string, options: ResendOptions): Promise<void> {
  const opened = await openPipeline(argument, options.param)
  const { plan, diagnostics } = await planPipeline(opened, new AbortController().signal)
  if (!plan) throw invalidInput(diagnostics)
  const delivered = options.markDelivered === true
  const { resend } = await import('@sillage/upkeep')
  const rows = await resend({
    stores: await loadEngine(),
    plan,
    step: sinkOf(plan, stage),
    choice: {
      failed: options.failed,
      unknown: options.unknown,
      since: options.since,
      where: options.where,
    },
    command: typedCommand(),
    now: now(),
    delivered,
    agree: async (found) => {
      note(
        `${stage}: ${count(found)} rows ${delivered ? 'are taken for delivered' : 'are sent again'}${options.dryRun ? ', were it no dry run' : ''}`,
      )
      return found > 0 && options.dryRun !== true && (options.yes === true || (await isAgreed()))
    },
  })
  if (rows === undefined || delivered) {
    if (options.output === 'json') printJson({ resend: { pipeline: plan.pipeline, stage, rows: rows ?? 0 } })
    return
  }
  await runCommand(argument, { output: options.output, param: options.param })
}

/** Asks a person; where nobody sits at a terminal the command itself is the answer. */
async function isAgreed(): Promise<boolean> {
  if (process.stdin.isTTY !== true || process.stderr.isTTY !== true) return true
  const { createInterface } = await import('node:readline/promises')
  const asking = createInterface({ input: process.stdin, output: process.stderr })
  try {
    return /^y(es)?$/i.test((await asking.question('Go on? [y/N] ')).trim())
  } finally {
    asking.close()
  }
}

function sinkOf(plan: Plan, stage: string): SinkStep {
  const sinks = plan.steps.filter((step) => step.style === 'sink')
  const step = sinks.find((one) => one.stage === stage)
  if (step?.delivery.mode === 'full')
    throw new SillageError({
      code: 'resend_of_full',
      message: `"${stage}" delivers all of its rows each time`,
      hint: `sillage run ${plan.pipeline} --full-refresh`,
    })
  if (step) return step
  throw new SillageError({
    code: 'stage_unknown',
    message: `The pipeline has no stage "${stage}" that delivers`,
    hint: didYouMean(
      stage,
      sinks.map((one) => one.stage),
    ),
  })
}
