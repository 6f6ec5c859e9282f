import type { JournalLine } from '@sillage/journal'
import type { Pipeline, PipelineMart, Plan, SourceStep, Step } from '@sillage/plan'
import { type ColumnLineage, columnLineage, type ReadRelation } from './column-lineage.ts'
import { destinationDataset, fileDataset, filesOf, martDataset, relationDataset } from './datasets.ts'
import {
  type Dataset,
  type DatasetName,
  eventSchema,
  type FacetMaker,
  type Facets,
  facetMaker,
  type LineageEvent,
} from './event.ts'
import { runUuid } from './run-uuid.ts'

export interface LineageOptions {
  readonly plan: Plan
  readonly stages: Pipeline['stages']
  /** The columns that each expression of the configurations names. */
  readonly expressions: ReadonlyMap<string, readonly string[]>
  /** Of jobs and relations. */
  readonly namespace: string
  /** A URI that says who tells this, with its version. */
  readonly producer: string
  /** Absolute path of the mart that readers open. */
  readonly mart: string
}

type End = Extract<JournalLine, { readonly event: 'run_finished' }>
type Finished = Extract<JournalLine, { readonly event: 'step_finished' }>

/** Turns the lines of one run's journal, in their order, into events: one that starts and one that ends the run, and each step of it. */
export class Lineage {
  readonly #options: LineageOptions
  readonly #facet: FacetMaker
  readonly #steps: ReadonlyMap<string, Step>
  readonly #open = new Set<string>()
  readonly #delivered = new Map<string, Dataset[]>()
  readonly #sinks: Finished[] = []
  #run = ''
  #published: readonly Dataset[] = []

  constructor(options: LineageOptions) {
    this.#options = options
    this.#facet = facetMaker(options.producer)
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
        this.#published = this.#tables(line.tables)
        return []
      case 'delivered':
        this.#delivered.set(line.stage, [
          ...(this.#delivered.get(line.stage) ?? []),
          { ...destinationDataset(line.destination), ...this.#counted(line.rows) },
        ])
        return []
      case 'run_finished':
        return this.#ended(line)
      case 'step_progress':
      case 'check_finished':
      case 'not_sent':
      case 'rolled_back':
      case 'held_back':
        return []
    }
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
      const isLost =
        error?.code === 'delivery_failed' && line.action === 'run' && !this.#delivered.has(line.stage)
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
    const sources = plan.steps.filter((step): step is SourceStep => step.style === 'source')
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
      inputs: unique(sources.flatMap(filesOf)),
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
        inputs: this.#inputs(step),
        outputs: this.#outputs(step, rows),
        producer,
        schemaURL: eventSchema,
      },
    ]
  }

  get #runId(): string {
    const { namespace, plan } = this.#options
    return runUuid(namespace, plan.pipeline, this.#run)
  }

  #inputs(step: Step): readonly Dataset[] {
    if (step.style === 'source') return filesOf(step)
    return unique(
      Object.values(step.inputs)
        .flat()
        .map((reference) => this.#relation(reference).dataset),
    )
  }

  #outputs(step: Step, rows: number | undefined): readonly Dataset[] {
    if (step.style === 'sink')
      return this.#delivered.get(step.stage) ?? step.files.map(({ path }) => fileDataset(path))
    const own: Dataset = {
      ...this.#relation(step.stage).dataset,
      facets: { ...this.#schema(step.columns), ...this.#columnLineage(step) },
      ...(rows === undefined ? {} : this.#counted(rows)),
    }
    if (step.style !== 'sql') return [own]
    const further = Object.entries(step.outputs).map(([output, { columns }]) => ({
      ...this.#relation(`${step.stage}.${output}`).dataset,
      facets: this.#schema(columns),
    }))
    return [own, ...further]
  }

  #columnLineage(step: Step): Facets {
    const stage = this.#options.stages.find(({ name }) => name === step.stage)
    if (!stage) return {}
    const inputs = Object.fromEntries(
      Object.entries(step.inputs).map(([role, references]) => [
        role,
        references.map((one) => this.#relation(one)),
      ]),
    )
    return this.#asFacet(columnLineage({ step, stage, inputs, expressions: this.#options.expressions }))
  }

  #asFacet(fields: ColumnLineage): Facets {
    return Object.keys(fields).length === 0 ? {} : this.#facet('columnLineage', { fields })
  }

  /** Published tables have the columns of their stages, as they are. */
  #tables(counts: Readonly<Record<string, number>>): readonly Dataset[] {
    const { plan, mart } = this.#options
    return plan.marts.map((one) => {
      const { dataset, columns } = this.#relation(referenceOf(one))
      const transformations = [{ type: 'DIRECT' as const, subtype: 'IDENTITY' as const }]
      const fields = Object.fromEntries(
        [...columns].map((field) => [field, { inputFields: [{ ...dataset, field, transformations }] }]),
      )
      return {
        ...martDataset(mart, one.name),
        facets: { ...this.#schema(this.#columns(referenceOf(one))), ...this.#asFacet(fields) },
        ...(counts[one.name] === undefined ? {} : this.#counted(counts[one.name]!)),
      }
    })
  }

  #relation(reference: string): ReadRelation {
    const { plan, namespace } = this.#options
    return {
      dataset: relationDataset(namespace, plan, reference),
      columns: new Set(this.#columns(reference).map(({ name }) => name)),
    }
  }

  #columns(reference: string): Step['columns'] {
    const [stage, output] = reference.split('.', 2)
    const step = this.#steps.get(stage!)
    if (output === undefined) return step?.columns ?? []
    return step?.style === 'sql' ? (step.outputs[output]?.columns ?? []) : []
  }

  #schema(columns: Step['columns']): Facets {
    const fields = columns.map(({ name, type, comment }) => ({
      name,
      type,
      ...(comment === undefined ? {} : { description: comment }),
    }))
    return this.#facet('schema', { fields })
  }

  #counted(rowCount: number): Pick<Dataset, 'outputFacets'> {
    return { outputFacets: this.#facet('outputStatistics', { rowCount }) }
  }
}

function referenceOf({ from }: PipelineMart): string {
  return from.output === undefined ? from.stage : `${from.stage}.${from.output}`
}

function unique<D extends DatasetName>(datasets: readonly D[]): readonly D[] {
  return [...new Map(datasets.map((one) => [`${one.namespace}\n${one.name}`, one])).values()]
}
