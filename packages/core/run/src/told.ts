import type { RunEvent, StepFacts, WarningFacts } from '@sillage/journal'
import type { CheckRecord } from '@sillage/ledger'
import type { DeliveryResult, ProgressEvent } from './options.ts'

interface Listeners {
  readonly journal: (event: RunEvent) => void
  readonly onEvent: (event: ProgressEvent) => void
}

/** What a run has told: to its result, to its journal and to whoever watches. */
export class Told {
  readonly steps: StepFacts[] = []
  readonly checks: CheckRecord[] = []
  readonly warnings: WarningFacts[] = []
  readonly deliveries: DeliveryResult[] = []
  readonly #listeners: Listeners

  constructor(listeners: Listeners) {
    this.#listeners = listeners
  }

  journal(event: RunEvent): void {
    this.#listeners.journal(event)
  }

  show(event: ProgressEvent): void {
    this.#listeners.onEvent(event)
  }

  step(step: StepFacts): void {
    this.steps.push(step)
    this.journal({ event: 'step_finished', ...step })
    this.show({ kind: 'step_finished', step })
  }

  warn(warning: WarningFacts): void {
    this.warnings.push(warning)
    this.journal({ event: 'warning', ...warning })
    this.show({ kind: 'warning', warning })
  }
}
