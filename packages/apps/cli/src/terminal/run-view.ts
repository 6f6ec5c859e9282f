import { relative } from 'node:path'
import type { StepFacts } from '@sillage/journal'
import type { Plan } from '@sillage/plan'
import type { ProgressEvent, RunResult } from '@sillage/run'
import colors from 'picocolors'
import { note, print, withHint } from '../output.ts'
import { dayText } from './day-text.ts'
import { deliveredText } from './delivered-text.ts'
import { count, duration } from './format.ts'
import { replacesText } from './replaces-text.ts'
import { table } from './table.ts'

const clearLine = '\r\u001b[2K'

/** Shows a run: on a terminal one live line for the step at work, elsewhere plain lines. Progress goes to stderr, the summary to stdout. */
export class RunView {
  readonly #live = process.stderr.isTTY === true && !process.env.CI
  readonly #width: number
  #started = performance.now()

  constructor(plan: Plan) {
    this.#width = Math.max(...plan.steps.map((step) => step.stage.length))
  }

  show(event: ProgressEvent): void {
    switch (event.kind) {
      case 'run_started':
        for (const line of startOf(event)) this.#line(line)
        return
      case 'step_started':
        this.#started = performance.now()
        if (this.#live)
          process.stderr.write(
            `${clearLine}${colors.cyan('▸')} ${event.stage.padEnd(this.#width)} ${colors.dim([event.plugin, ...event.fused.map((name) => `+ ${name}`)].join(' '))}`,
          )
        return
      case 'step_progress': {
        if (!this.#live) return
        const share = event.fraction === undefined ? '' : ` ${Math.round(event.fraction * 100)} %`
        const rows = event.rows === undefined ? '' : ` ${count(event.rows)} rows`
        process.stderr.write(
          `${clearLine}${colors.cyan('▸')} ${event.stage.padEnd(this.#width)} ${duration((performance.now() - this.#started) / 1000)}${share}${rows}`,
        )
        return
      }
      case 'note':
        this.#line(`${colors.cyan('→')} ${event.stage.padEnd(this.#width)} ${event.text}`)
        return
      case 'warning': {
        const { stage, message, count: times, hint } = event.warning
        const many = times === undefined ? '' : ` (${count(times)})`
        const next = hint === undefined ? '' : `\n  ${colors.cyan('→')} ${hint}`
        this.#line(`${colors.yellow('!')} ${stage.padEnd(this.#width)} ${message}${many}${next}`)
        return
      }
      case 'step_finished':
        this.#line(`${mark(event.step)} ${event.step.stage.padEnd(this.#width)} ${outcome(event.step)}`)
        return
      case 'check_finished':
        if (event.check.status !== 'pass')
          this.#line(
            `${event.check.status === 'warn' ? colors.yellow('!') : colors.red('✗')} ${event.check.stage.padEnd(this.#width)} check ${event.check.check}: found ${count(event.check.found)}`,
          )
        return
      case 'published':
        this.#line(`${colors.green('✓')} published ${relative(process.cwd(), event.mart)}`)
        return
      case 'not_sent':
        this.#line(
          `${colors.yellow('!')} ${event.stage.padEnd(this.#width)} ${count(event.rows)} rows not sent: ${event.reason}`,
        )
        return
      case 'held_back':
        this.#line(
          `${colors.yellow('!')} readers see ${event.version}, to which it was rolled back; a change of the pipeline or its files publishes again`,
        )
        return
      case 'delivered':
        this.#line(
          `${colors.green('✓')} ${event.stage.padEnd(this.#width)} ${count(event.rows)} rows → ${event.destination}${event.removed > 0 ? `, ${count(event.removed)} removed` : ''}`,
        )
        return
      case 'delivery_failed':
        this.#line(
          `${colors.red('✗')} ${event.stage.padEnd(this.#width)} ${count(event.rows)} rows stay here: ${event.message}${event.examples ? ` (such as ${event.examples.join(', ')})` : ''}${event.hint ? ` → ${event.hint}` : ''}`,
        )
        return
    }
  }

  end({ run }: RunResult): void {
    if (this.#live) process.stderr.write(clearLine)
    if (run.error) {
      note(`${colors.red('error')} ${withHint(run.error)}`)
    }
    if (run.steps.length > 0) print(summary(run.steps))
    if (run.replay) print(replayText(run.replay))
    if (run.preview) print(previewText(run.preview))
    const state = run.status === 'succeeded' ? colors.green('succeeded') : colors.red(run.status)
    const passed = run.checks.filter((check) => check.status === 'pass').length
    print(
      `\n${run.pipeline} ${state} in ${duration(run.seconds)}; checks: ${passed} of ${run.checks.length} passed${run.mart === null ? '' : `; mart: ${relative(process.cwd(), run.mart)}`}`,
    )
  }

  #line(text: string): void {
    process.stderr.write(`${this.#live ? clearLine : ''}${text}\n`)
  }
}

function mark({ action, delivery }: StepFacts): string {
  if (delivery && delivery.held > 0) return colors.red('✗')
  return action === 'reuse' ? colors.dim('=') : colors.green('✓')
}

/** The day of the run, and what it makes up for. */
function startOf({
  takes_up: before,
  catch_up: missed,
  replaces,
  ...day
}: Extract<ProgressEvent, { kind: 'run_started' }>): readonly string[] {
  const text = dayText(day)
  return [
    ...(text === '' ? [] : [colors.dim(text)]),
    ...(before === undefined
      ? []
      : [
          `${colors.yellow('!')} run ${before.run} as of ${before.as_of ?? 'no day'} ended before it was done; this one takes it up as of ${day.as_of ?? 'no day'}: steps that read the day run again`,
        ]),
    ...(missed === undefined
      ? []
      : [
          `${colors.yellow('!')} makes up for ${missed.times === 1 ? 'a scheduled time that was' : `${missed.times} scheduled times that were`} missed, the last at ${missed.last}`,
        ]),
    ...(replaces === undefined ? [] : [`${colors.yellow('!')} ${replacesText(replaces)}`]),
  ]
}

function outcome(step: StepFacts): string {
  if (step.delivery)
    return `${count(step.rows_in ?? 0)} rows: ${deliveredText(step.delivery)}${step.seconds > 0 ? `, ${duration(step.seconds)}` : ''}`
  const parts = [
    step.rows_in === null
      ? `${count(step.rows_out)} rows`
      : `${count(step.rows_in)} → ${count(step.rows_out)} rows`,
  ]
  if (step.rejected) parts.push(colors.yellow(`${count(step.rejected)} rejected`))
  if (step.merged) parts.push(`${count(step.merged)} merged`)
  if (step.filtered) parts.push(`${count(step.filtered)} filtered`)
  parts.push(
    step.action === 'reuse'
      ? colors.dim('unchanged')
      : step.seconds > 0
        ? duration(step.seconds)
        : colors.dim('fused'),
  )
  return parts.join(', ')
}

function summary(steps: readonly StepFacts[]): string {
  const number = (value: number | null): string =>
    value === null ? '' : value === 0 ? colors.dim('0') : count(value)
  return `\n${table(
    [
      { title: 'stage' },
      { title: 'plugin' },
      { title: 'action' },
      { title: 'in', right: true },
      { title: 'out', right: true },
      { title: 'rejected', right: true },
      { title: 'merged', right: true },
      { title: 'filtered', right: true },
      { title: 'seconds', right: true },
    ],
    steps.map((step) => [
      step.stage,
      step.plugin,
      step.action,
      number(step.rows_in),
      number(step.rows_out),
      number(step.rejected),
      number(step.merged),
      number(step.filtered),
      step.seconds.toFixed(2),
    ]),
  )}`
}

function replayText({ stage, refused, passed }: NonNullable<RunResult['run']['replay']>): string {
  const left = refused - passed
  return `\n${stage}: ${count(passed)} of ${count(refused)} refused rows passed${left === 0 ? '' : `; ${count(left)} ${left === 1 ? 'stays' : 'stay'} refused`}`
}

function previewText({ marts, deliveries }: NonNullable<RunResult['run']['preview']>): string {
  const lines = [
    ...marts.map(
      (mart) =>
        `would publish ${mart.table}: ${count(mart.rows)} rows (${count(mart.enter)} enter, ${count(mart.leave)} leave; ${count(mart.published)} published now)`,
    ),
    ...deliveries.map(
      (delivery) =>
        `would deliver ${delivery.stage}: ${count(delivery.rows)} rows: ${deliveredText(delivery)}; ${count(delivery.messages)} ${delivery.destinations.length > 0 ? 'files' : 'messages'} → ${delivery.destinations.length > 0 ? delivery.destinations.map((path) => relative(process.cwd(), path)).join(', ') : delivery.destination}${delivery.not_sent === undefined ? '' : `; not sent: ${delivery.not_sent}`}${delivery.error ? `\n  ${colors.red('✗')} ${withHint(delivery.error)}` : ''}`,
    ),
  ]
  return `\n${colors.bold('dry run: nothing was published or sent')}\n${lines.join('\n')}`
}
