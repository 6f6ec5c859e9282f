import type { Pipeline, PipelineMart, Plan, SourceStep, Step } from '@sillage/plan'
import { type ColumnLineage, columnLineage, type ReadRelation } from './column-lineage.ts'
import { fileDataset, martDataset, readBy, relationDataset } from './datasets.ts'
import type { Dataset, DatasetName, FacetMaker, Facets } from './event.ts'

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

/** What the steps of a plan read and make, with the columns, their origin and their rows. */
export class StepDatasets {
  readonly #options: LineageOptions
  readonly #facet: FacetMaker
  readonly #steps: ReadonlyMap<string, Step>

  constructor(options: LineageOptions, facet: FacetMaker) {
    this.#options = options
    this.#facet = facet
    this.#steps = new Map(options.plan.steps.map((step) => [step.stage, step]))
  }

  /** What all sources read. */
  sources(): readonly Dataset[] {
    const sources = this.#options.plan.steps.filter((step): step is SourceStep => step.style === 'source')
    return unique(sources.flatMap(readBy))
  }

  inputs(step: Step): readonly Dataset[] {
    if (step.style === 'source') return readBy(step)
    return unique(
      Object.values(step.inputs)
        .flat()
        .map((reference) => this.#relation(reference).dataset),
    )
  }

  outputs(
    step: Step,
    {
      rows,
      delivered,
    }: { readonly rows?: number | undefined; readonly delivered?: readonly Dataset[] | undefined },
  ): readonly Dataset[] {
    if (step.style === 'sink') return delivered ?? step.files.map(({ path }) => fileDataset(path))
    const own: Dataset = {
      ...this.#relation(step.stage).dataset,
      facets: { ...this.#schema(step.columns), ...this.#columnLineage(step) },
      ...(rows === undefined ? {} : this.counted(rows)),
    }
    const further = Object.entries(step.outputs ?? {}).map(([output, { columns }]) => ({
      ...this.#relation(`${step.stage}.${output}`).dataset,
      facets: this.#schema(columns),
    }))
    return [own, ...further]
  }

  /** Published tables have the columns of their stages, as they are. */
  tables(counts: Readonly<Record<string, number>>): readonly Dataset[] {
    const { plan, mart } = this.#options
    return plan.marts.map((one) => {
      const columns = this.#columns(referenceOf(one))
      const { dataset } = this.#relation(referenceOf(one))
      return {
        ...martDataset(mart, one.name),
        facets: { ...this.#schema(columns), ...this.#asFacet(identity(dataset, columns)) },
        ...(counts[one.name] === undefined ? {} : this.counted(counts[one.name]!)),
      }
    })
  }

  counted(rowCount: number): Pick<Dataset, 'outputFacets'> {
    return { outputFacets: this.#facet('outputStatistics', { rowCount }) }
  }

  #columnLineage(step: Step): Facets {
    if (step.style === 'source') return this.#passedOn(step)
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

  /** A source that selects all of one published table has its columns. */
  #passedOn(step: SourceStep): Facets {
    const [dataset, ...others] = readBy(step)
    if (step.attach === undefined || !/^select \*/i.test(step.select) || !dataset || others.length > 0)
      return {}
    return this.#asFacet(identity(dataset, step.columns))
  }

  #asFacet(fields: ColumnLineage): Facets {
    return Object.keys(fields).length === 0 ? {} : this.#facet('columnLineage', { fields })
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
    return step?.outputs?.[output]?.columns ?? []
  }

  #schema(columns: Step['columns']): Facets {
    const fields = columns.map(({ name, type, comment }) => ({
      name,
      type,
      ...(comment === undefined ? {} : { description: comment }),
    }))
    return this.#facet('schema', { fields })
  }
}

/** Columns that are those of a dataset, under their names. */
function identity({ namespace, name }: DatasetName, columns: Step['columns']): ColumnLineage {
  const transformations = [{ type: 'DIRECT' as const, subtype: 'IDENTITY' as const }]
  return Object.fromEntries(
    columns.map(({ name: field }) => [field, { inputFields: [{ namespace, name, field, transformations }] }]),
  )
}

function referenceOf({ from }: PipelineMart): string {
  return from.output === undefined ? from.stage : `${from.stage}.${from.output}`
}

function unique<D extends DatasetName>(datasets: readonly D[]): readonly D[] {
  return [...new Map(datasets.map((one) => [`${one.namespace}\n${one.name}`, one])).values()]
}
