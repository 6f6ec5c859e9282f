import { Counter, Gauge, Registry } from 'prom-client'
import type { Services } from './services.ts'

/** The figures for Prometheus. All that concerns runs is counted from their journals, so that a restart loses nothing. */
export async function metricsText(
  services: Services,
): Promise<{ readonly type: string; readonly text: string }> {
  const registry = new Registry()
  const measures = new Measures(registry)
  const now = services.host.now().getTime() / 1000
  for (const pipeline of await services.pipelines()) {
    const { name } = pipeline
    const totals = services.runs.totals(pipeline)
    for (const total of totals.all())
      measures.add(total.name, { pipeline: name, ...total.labels }, total.value)
    measures.add('sillage_runs_running', { pipeline: name }, totals.running)
    if (totals.lastSuccess !== undefined) {
      const at = Date.parse(totals.lastSuccess) / 1000
      measures.add('sillage_last_success_timestamp_seconds', { pipeline: name }, at)
      measures.add('sillage_last_success_age_seconds', { pipeline: name }, Math.max(0, now - at))
    }
    measures.add('sillage_lineage_lost_total', { pipeline: name }, services.host.lineageLost(name))
    const schedule = services.schedules.of(pipeline)
    if (schedule) {
      measures.add('sillage_schedule_started_total', { pipeline: name }, schedule.started)
      measures.add('sillage_schedule_skipped_total', { pipeline: name }, schedule.skipped)
      measures.add('sillage_schedule_missed_total', { pipeline: name }, schedule.missed)
    }
  }
  for (const { form, last, ...counts } of services.inbox?.counts() ?? []) {
    for (const [outcome, events] of Object.entries(counts))
      measures.add('sillage_inbox_events_total', { form, outcome }, events)
    if (last !== undefined)
      measures.add(
        'sillage_inbox_last_event_age_seconds',
        { form },
        Math.max(0, now - Date.parse(last) / 1000),
      )
  }
  measures.add('sillage_queue_length', {}, services.jobs.queued)
  measures.add('sillage_runs_active', {}, services.jobs.running)
  measures.add('sillage_event_streams', {}, services.streams.open)
  measures.add('sillage_reader_restarts_total', {}, services.reader.restarts)
  measures.add('process_resident_memory_bytes', {}, process.memoryUsage.rss())
  measures.add('process_start_time_seconds', {}, Math.round(Date.now() / 1000 - process.uptime()))
  return { type: registry.contentType, text: await registry.metrics() }
}

/** Name → what it says. Those that end in `_total` never fall while the server goes on; started anew, it counts from the journals that are there. */
const help: Readonly<Record<string, string>> = {
  sillage_runs_total: 'Runs by how they ended.',
  sillage_runs_running: 'Runs that go on, whoever started them.',
  sillage_run_seconds_total: 'Seconds of runs that ended.',
  sillage_steps_total: 'Steps by what was done with them.',
  sillage_step_seconds_total: 'Seconds of steps that ran.',
  sillage_rows_total: 'Rows of steps that ran: went out, or were rejected, merged, filtered.',
  sillage_checks_total: 'Checks by their outcome.',
  sillage_last_success_timestamp_seconds: 'When the last whole run succeeded.',
  sillage_last_success_age_seconds: 'How long ago the last whole run succeeded.',
  sillage_lineage_lost_total: 'Events of lineage that no receiver took.',
  sillage_schedule_started_total: 'Runs that a schedule started since the server started.',
  sillage_schedule_skipped_total: 'Scheduled runs that were left out since one went on.',
  sillage_schedule_missed_total: 'Scheduled runs that came while nothing was there to start them.',
  sillage_inbox_events_total:
    'Since the server started: events that were accepted, were known already (duplicates), came from machines (bots); requests that were refused.',
  sillage_inbox_last_event_age_seconds: 'How long ago the last event of a form came.',
  sillage_queue_length: 'Runs that wait.',
  sillage_runs_active: 'Runs that the server started and that go on.',
  sillage_event_streams: 'Open streams of events.',
  sillage_reader_restarts_total: 'How often the reader of marts died.',
  process_resident_memory_bytes: 'Memory of the server.',
  process_start_time_seconds: 'When the server started.',
}

class Measures {
  readonly #registry: Registry
  readonly #known = new Map<string, Counter | Gauge>()

  constructor(registry: Registry) {
    this.#registry = registry
  }

  add(name: string, labels: Readonly<Record<string, string>>, value: number): void {
    const known = this.#known.get(name)
    const measure = known ?? this.#make(name, Object.keys(labels))
    this.#known.set(name, measure)
    measure.inc(labels, value)
  }

  #make(name: string, labelNames: readonly string[]): Counter | Gauge {
    const facts = { name, help: help[name]!, labelNames: [...labelNames], registers: [this.#registry] }
    return name.endsWith('_total') ? new Counter(facts) : new Gauge(facts)
  }
}
