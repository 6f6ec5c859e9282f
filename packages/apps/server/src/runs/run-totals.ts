import type { RunSummary } from '@sillage/journal'

/** One figure of runs, such as how many rows they refused. */
export interface Total {
  readonly name: string
  readonly labels: Readonly<Record<string, string>>
  value: number
}

/** What runs add up to, figure by figure. A run is added once, when it has ended or for the moment. */
export class RunTotals {
  readonly #byKey = new Map<string, Total>()
  /** When the last whole run that succeeded ended; ISO, UTC. */
  lastSuccess: string | undefined
  /** How many go on. */
  running = 0

  /** The same figures, to which more may be added without changing these. */
  copy(): RunTotals {
    const copy = new RunTotals()
    for (const [key, total] of this.#byKey) copy.#byKey.set(key, { ...total })
    copy.lastSuccess = this.lastSuccess
    copy.running = this.running
    return copy
  }

  all(): Iterable<Total> {
    return this.#byKey.values()
  }

  add({ status, whole, finished, seconds, steps, checks }: RunSummary): void {
    if (status === 'running') this.running += 1
    else this.#count('sillage_runs_total', { status }, 1)
    this.#count('sillage_run_seconds_total', {}, seconds ?? 0)
    for (const step of steps) {
      this.#count('sillage_steps_total', { action: step.action }, 1)
      if (step.action === 'reuse' || step.action === 'skip') continue
      this.#count('sillage_step_seconds_total', { stage: step.stage }, step.seconds)
      for (const outcome of ['rejected', 'merged', 'filtered'] as const)
        this.#count('sillage_rows_total', { outcome }, step[outcome])
      this.#count('sillage_rows_total', { outcome: 'out' }, step.rows_out)
    }
    for (const check of checks) this.#count('sillage_checks_total', { status: check.status }, 1)
    if (status !== 'succeeded' || !whole || finished === undefined) return
    if (this.lastSuccess === undefined || finished > this.lastSuccess) this.lastSuccess = finished
  }

  #count(name: string, labels: Total['labels'], value: number): void {
    const key = `${name} ${Object.values(labels).join(' ')}`
    const known = this.#byKey.get(key)
    if (known) known.value += value
    else this.#byKey.set(key, { name, labels, value })
  }
}
