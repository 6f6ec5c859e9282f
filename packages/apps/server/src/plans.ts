import { isSillageError } from '@sillage/base'
import type { Host, ServedPipeline } from './host.ts'
import { askChild } from './jobs/child.ts'
import type { Turns } from './jobs/turns.ts'

/** What `sillage plan --output json` prints, as far as it is read here. */
interface PlanDocument {
  readonly steps: readonly {
    readonly stage: string
    readonly plugin: string
    readonly style: string
    readonly action?: string
    readonly reason?: string
    readonly fused_into: string | null
    readonly stored: string | null
    readonly inputs: readonly string[]
    readonly columns: readonly { readonly name: string; readonly type: string; readonly personal?: boolean }[]
  }[]
  readonly marts: readonly {
    readonly name: string
    readonly from: { readonly stage: string; readonly output?: string }
    readonly key: readonly string[]
    readonly description?: string
  }[]
}

/** A plan as a graph: stages and marts are nodes, what is read is an edge. */
export interface PlanGraph {
  readonly nodes: readonly Readonly<Record<string, unknown>>[]
  readonly edges: readonly { readonly from: string; readonly output?: string; readonly to: string }[]
  /** True where a run goes on: this is the plan from before it, or its shape alone. */
  readonly stale: boolean
}

/** Plans, made by the command line in a process of its own. Who asks for one that is being made gets the same. */
export class Plans {
  readonly #host: Host
  readonly #turns: Turns
  readonly #asked = new Map<string, Promise<PlanGraph>>()
  readonly #last = new Map<string, PlanGraph>()
  readonly #shapes = new Map<string, PlanGraph>()

  constructor(host: Host, turns: Turns) {
    this.#host = host
    this.#turns = turns
  }

  /** The plan as it is now; while a run goes on, the last one that was made, else its shape. Throws `invalid` with its diagnostics. */
  async of(pipeline: ServedPipeline): Promise<PlanGraph> {
    const { name } = pipeline
    const asked = this.#asked.get(name) ?? this.#make(pipeline).finally(() => this.#asked.delete(name))
    this.#asked.set(name, asked)
    return await asked
  }

  /** Makes the first plan of a pipeline before a run takes it, so that there is one to show meanwhile. What fails, the run will tell. */
  async remember(pipeline: ServedPipeline): Promise<void> {
    if (!this.#last.has(pipeline.name)) await this.of(pipeline).catch(() => undefined)
  }

  async #make({ name, file }: ServedPipeline): Promise<PlanGraph> {
    try {
      const graph = toGraph(
        await this.#turns.ask(name, () => askChild<PlanDocument>(this.#host, ['plan', file])),
      )
      this.#last.set(name, graph)
      this.#shapes.delete(name)
      return graph
    } catch (error) {
      if (!isSillageError(error) || error.code !== 'busy') throw error
      const known = this.#last.get(name) ?? this.#shapes.get(name) ?? (await this.#shape(file))
      if (!this.#last.has(name)) this.#shapes.set(name, known)
      return { ...known, stale: true }
    }
  }

  /** What needs no working database: a run that was started elsewhere may hold it. */
  async #shape(file: string): Promise<PlanGraph> {
    return toGraph(await askChild<PlanDocument>(this.#host, ['plan', file, '--shape']))
  }
}

function toGraph({ steps, marts }: PlanDocument): PlanGraph {
  const stages = steps.map(({ stage, plugin, style, action, reason, fused_into, stored, columns }) => ({
    id: stage,
    plugin,
    kind: style,
    action,
    reason,
    fused_into,
    stored,
    columns,
  }))
  const published = marts.map(({ name, key, description = null }) => ({
    id: `mart:${name}`,
    kind: 'mart',
    table: name,
    key,
    description,
  }))
  const edge = (reference: string, to: string): PlanGraph['edges'][number] => {
    const [from, output] = reference.split('.') as [string, string?]
    return { from, ...(output === undefined ? {} : { output }), to }
  }
  return {
    nodes: [...stages, ...published],
    edges: [
      ...steps.flatMap(({ stage, inputs }) => inputs.map((input) => edge(input, stage))),
      ...marts.map(({ name, from: { stage, output } }) =>
        edge(output === undefined ? stage : `${stage}.${output}`, `mart:${name}`),
      ),
    ],
    stale: false,
  }
}
