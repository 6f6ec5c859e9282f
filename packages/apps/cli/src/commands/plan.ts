import { exitCode, invalidInput } from '@sillage/base'
import { dayOfPlan, type Plan, type Step } from '@sillage/plan'
import type { PlannedAction, PlannedDelivery } from '@sillage/run'
import type { Command } from 'commander'
import colors from 'picocolors'
import { now } from '../clock.ts'
import { loadEngine } from '../engine.ts'
import { formatDiagnostic, note, print, printJson } from '../output.ts'
import { planWarnings } from '../plan-warnings.ts'
import { planPipeline } from '../planning.ts'
import { readSecret } from '../secrets.ts'
import { dayText } from '../terminal/day-text.ts'
import { deliveredText } from '../terminal/delivered-text.ts'
import { count } from '../terminal/format.ts'
import { replacesText } from '../terminal/replaces-text.ts'
import { table } from '../terminal/table.ts'
import { type OpenedPipeline, openPipeline } from '../workspace.ts'
import {
  asOfDay,
  asOfHelp,
  collectParam,
  type DayOptions,
  type ParamOptions,
  paramHelp,
  selectHelp,
} from './options.ts'

interface PlanOptions extends ParamOptions, DayOptions {
  readonly sql?: boolean
  readonly detailedExitcode?: boolean
  readonly select?: readonly string[]
  readonly fullRefresh?: boolean
  readonly shape?: boolean
}

export function registerPlan(program: Command): void {
  program
    .command('plan')
    .description(
      'say what a run would do: each step in order, why it runs, what it is fused with; runs nothing',
    )
    .argument('[pipeline]', 'a file, a folder or a name')
    .option('--sql', 'show the SQL of each step')
    .option('--detailed-exitcode', 'exit 3 if a step would run')
    .option('--select <stages...>', selectHelp)
    .option('--full-refresh', 'recompute everything')
    .option('--shape', 'only the stages and what they read, not what would run; works during a run')
    .option('--as-of <day>', asOfHelp, asOfDay)
    .option('--param <key=value>', paramHelp, collectParam, {})
    .addHelpText('after', '\nExamples:\n  sillage plan retail-loyalty\n  sillage plan retail-loyalty --sql')
    .action(async (argument: string | undefined, options: PlanOptions) => {
      const opened = await openPipeline(argument, options.param, { asOf: options.asOf, now: now() })
      const { plan, diagnostics } = await planPipeline(opened, new AbortController().signal)
      if (!plan) throw invalidInput(diagnostics)
      for (const found of [...diagnostics, ...planWarnings(plan, opened)]) note(formatDiagnostic(found))
      const actions = options.shape ? undefined : await actionsOf(plan, options, opened)
      const { replacedMart } = await import('@sillage/run')
      const replaces = options.select ? undefined : replacedMart(plan)
      if (replaces) note(`${colors.yellow('!')} ${replacesText(replaces)}`)
      const steps = plan.steps.map((step) => ({
        stage: step.stage,
        plugin: step.plugin,
        style: step.style,
        ...actions?.get(step.stage),
        fused_into: step.fusedInto ?? null,
        stored: step.stored ?? null,
        inputs: Object.values(step.inputs).flat(),
        columns: step.columns,
        ...(options.sql ? { sql: sqlOf(step) } : {}),
      }))
      if (options.output === 'json')
        printJson({ ...dayOfPlan(plan), ...(replaces ? { replaces } : {}), steps, marts: plan.marts })
      else printPlan(plan, steps, options.sql === true)
      if (options.detailedExitcode && steps.some((step) => step.action === 'run' || step.action === 'resume'))
        process.exitCode = exitCode.changes
    })
}

async function actionsOf(
  plan: Plan,
  options: PlanOptions,
  { project }: OpenedPipeline,
): Promise<ReadonlyMap<string, Action>> {
  const { stepActions, planDeliveries } = await import('@sillage/run')
  const engine = await loadEngine()
  const actions = await stepActions(plan, { ...options, engine })
  const deliveries = await planDeliveries(plan, actions, {
    secret: (name) => readSecret(name, project),
    notSent: project.notSent,
    now: now(),
    stores: engine,
  })
  return new Map(
    [...actions].map(([stage, action]) => {
      const delivery = deliveries.get(stage)
      return [stage, delivery && action.action !== 'skip' ? deliveryAction(action, delivery) : action]
    }),
  )
}

interface Action extends PlannedAction {
  /** Of a delivery before which no step has to run; what it would do. */
  readonly delivery?: ForeseenCounts
}

type ForeseenCounts = NonNullable<PlannedDelivery['foreseen']>['counts']

/** What a delivery would do in numbers, where they can be known before the run. */
function deliveryAction(action: PlannedAction, { foreseen, changed }: PlannedDelivery): Action {
  const also = changed === undefined ? '' : `; ${changed}`
  if (!foreseen) return { ...action, reason: `${action.reason}: what is due is known after the run${also}` }
  const { counts, waiting, failure } = foreseen
  const works = counts.due + counts.removed + counts.held + waiting > 0 || failure !== undefined
  const stuck = failure === undefined ? '' : `; ${failure.message}`
  const first = waiting === 0 ? '' : `; ${count(waiting)} messages of an earlier run go first`
  return {
    action: works ? 'run' : 'reuse',
    reason: `${deliveredText(counts)}${first}${also}${stuck}`,
    delivery: counts,
  }
}

type Line = {
  readonly stage: string
  readonly plugin: string
  /** Absent of a plan that is asked for its shape alone. */
  readonly action?: string
  readonly reason?: string
  readonly fused_into: string | null
  readonly stored: string | null
  readonly inputs: readonly string[]
  readonly sql?: string
}

function printPlan(plan: Plan, lines: readonly Line[], withSql: boolean): void {
  if (plan.asOf !== undefined) print(`${dayText(dayOfPlan(plan))}\n`)
  print(
    table(
      [
        { title: 'stage' },
        { title: 'plugin' },
        { title: 'action' },
        { title: 'why' },
        { title: 'reads' },
        { title: 'kept as' },
      ],
      lines.map((line) => [
        line.stage,
        line.plugin,
        line.action === 'run' || line.action === 'resume'
          ? colors.yellow(line.action)
          : colors.green(line.action ?? ''),
        line.reason ?? '',
        line.inputs.join(', '),
        line.stored !== null
          ? `table: ${line.stored}`
          : line.fused_into !== null
            ? `fused into ${line.fused_into}`
            : 'delivery',
      ]),
    ),
  )
  print(`\nmarts: ${plan.marts.map((mart) => `${mart.name} (${mart.from.stage})`).join(', ') || 'none'}`)
  if (!withSql) return
  for (const line of lines) print(`\n${colors.bold(`-- ${line.stage}: ${line.plugin}`)}\n${line.sql};`)
}

function sqlOf(step: Step): string {
  switch (step.style) {
    case 'source':
    case 'sql':
      return step.select
    case 'batch':
      return `select ${step.reads.map((name) => `"${name}"`).join(', ')} from ${step.input}`
    case 'model':
      return `${step.units};\n\n-- the matrix that the model is fitted on\n${step.statistics}`
    case 'sink':
      return step.files.length > 0 ? step.files.map((file) => file.select).join(';\n') : step.payload
    default:
      return `-- what it runs is said by its code; it reads ${Object.values(step.inputs).flat().join(', ')}`
  }
}
