import type { JournalLine } from '@sillage/journal'
import type { Step } from '@sillage/plan'
import { destinationDataset } from './datasets.ts'
import {
  type Dataset,
  eventSchema,
  type FacetMaker,
  type Facets,
  facetMaker,
  type LineageEvent,
} from './event.ts'
import { runUuid } from './run-uuid.ts'
import { type LineageOptions, StepDatasets } from './step-datasets.ts'

type End = Extract<JournalLine, { readonly event: 'run_finished' }>
type Finished = Extract<JournalLine, { readonly event: 'step_finished' }>

/** Turns the lines of one run's journal, in their order, into events: one that starts and one that ends the run, and each step of it. */
export class Lineage {
  readonly #options: LineageOptions
  readonly #facet: FacetMaker
  readonly #datasets: StepDatasets
  readonly #steps: ReadonlyMap<string, Step>
  readonly #open = new Set<string>()
  readonly #delivered = new Map<string, Dataset[]>()
  /** Stages of which rows stayed here. */
  readonly #undelivered = new Set<string>()
  readonly #sinks: Finished[] = []
  #run = ''
  #published: readonly Dataset[] = []

  constructor(options: LineageOptions) {
    this.#options = options
    this.#facet = facetMaker(options.producer)
    this.#datasets = new StepDatasets(options, this.#facet)
    this.#steps = new Map(options.plan.steps.map((step) => [step.stage, step]))
  }

  /** The events that a line means; none for one that only tells progress. */
  translate(line: JournalLine): readonly LineageEvent[] {
    switch (line.event) {
      case 'run_started':
        this.#run = line.run
        return [this.#ofRun('START', line.at, { outputs: [] })]
      case 'step_started':
        this.#open.add(line.stage)
        return this.#ofStep('START', line.at, line.stage)
      case 'step_finished':
        return this.#finished(line)
      case 'published':
        this.#published = this.#datasets.tables(line.tables)
        return []
      case 'delivered':
        this.#delivered.set(
          line.stage,
          this.#destinations(line).map((dataset) => ({ ...dataset, ...this.#datasets.counted(line.rows) })),
        )
        return []
      case 'delivery_failed':
        this.#undelivered.add(line.stage)
        return []
      case 'run_finished':
        return this.#ended(line)
      case 'step_progress':
      case 'check_finished':
      case 'warning':
      case 'not_sent':
      case 'rolled_back':
      case 'held_back':
        return []
    }
  }

  /** Where a stage delivered to: its files, or the address of its receiver. */
  #destinations({
    stage,
    destination,
  }: {
    readonly stage: string
    readonly destination: string
  }): readonly ReturnType<typeof destinationDataset>[] {
    const step = this.#steps.get(stage)
    return step?.style === 'sink' && step.files.length > 0
      ? step.files.map(({ path }) => destinationDataset(path))
      : [destinationDataset(destination)]
  }

  /** A step that was computed in another began with it. Whether what a sink sent arrived, the end of the run tells. */
  #finished(line: Finished): readonly LineageEvent[] {
    const { stage, at } = line
    const began = this.#open.delete(stage) ? [] : this.#ofStep('START', at, stage)
    if (this.#steps.get(stage)?.style !== 'sink') return [...began, ...this.#complete(line)]
    this.#sinks.push(line)
    return began
  }

  #complete({
    stage,
    at,
    rows_in,
    rows_out,
    rejected,
    merged,
    filtered,
    action,
  }: Finished): readonly LineageEvent[] {
    const rowsIn = rows_in === null ? {} : { rowsIn: rows_in }
    const counts = { action, ...rowsIn, rowsOut: rows_out, rejected, merged, filtered }
    return this.#ofStep('COMPLETE', at, stage, {
      facets: this.#facet('sillage_rows', counts),
      rows: rows_out,
    })
  }

  /** Steps that began and did not finish end with the run: the one that failed fails, the others are left off. */
  #ended({ at, status, error }: End): readonly LineageEvent[] {
    const failed = status === 'failed'
    const message = error === undefined ? undefined : `${error.code}: ${error.message}`
    const facets =
      message === undefined ? {} : this.#facet('errorMessage', { message, programmingLanguage: 'TypeScript' })
    const sinks = this.#sinks.flatMap((line) => {
      const isLost = this.#undelivered.has(line.stage) && !this.#delivered.has(line.stage)
      return isLost ? this.#ofStep('FAIL', line.at, line.stage, { facets }) : this.#complete(line)
    })
    const steps = [...this.#open].flatMap((stage) => {
      const isCause = failed && (error?.stage === undefined || error.stage === stage)
      return this.#ofStep(isCause ? 'FAIL' : 'ABORT', at, stage, isCause ? { facets } : {})
    })
    this.#open.clear()
    const type = status === 'succeeded' ? 'COMPLETE' : failed ? 'FAIL' : 'ABORT'
    return [...sinks, ...steps, this.#ofRun(type, at, { facets, outputs: this.#published })]
  }

  #ofRun(
    eventType: LineageEvent['eventType'],
    eventTime: string,
    { facets = {}, outputs }: { readonly facets?: Facets; readonly outputs: readonly Dataset[] },
  ): LineageEvent {
    const { plan, namespace, producer } = this.#options
    return {
      eventType,
      eventTime,
      run: { runId: this.#runId, facets },
      job: {
        namespace,
        name: plan.pipeline,
        facets: {
          ...this.#facet('jobType', { processingType: 'BATCH', integration: 'SILLAGE', jobType: 'PIPELINE' }),
          ...(plan.description === undefined
            ? {}
            : this.#facet('documentation', { description: plan.description })),
        },
      },
      inputs: this.#datasets.sources(),
      outputs,
      producer,
      schemaURL: eventSchema,
    }
  }

  #ofStep(
    eventType: LineageEvent['eventType'],
    eventTime: string,
    stage: string,
    { facets = {}, rows }: { readonly facets?: Facets; readonly rows?: number } = {},
  ): readonly LineageEvent[] {
    const step = this.#steps.get(stage)
    if (!step) return []
    const { plan, namespace, producer } = this.#options
    const parent = { run: { runId: this.#runId }, job: { namespace, name: plan.pipeline } }
    return [
      {
        eventType,
        eventTime,
        run: {
          runId: runUuid(namespace, plan.pipeline, this.#run, stage),
          facets: { ...this.#facet('parent', parent), ...facets },
        },
        job: {
          namespace,
          name: `${plan.pipeline}.${stage}`,
          facets: this.#facet('jobType', {
            processingType: 'BATCH',
            integration: 'SILLAGE',
            jobType: step.kind.toUpperCase(),
          }),
        },
        inputs: this.#datasets.inputs(step),
        outputs: this.#datasets.outputs(step, { rows, delivered: this.#delivered.get(stage) }),
        producer,
        schemaURL: eventSchema,
      },
    ]
  }

  get #runId(): string {
    const { namespace, plan } = this.#options
    return runUuid(namespace, plan.pipeline, this.#run)
  }
}
