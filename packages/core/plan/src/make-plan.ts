import { type Diagnostic, diagnostic, didYouMean, hasErrors, sortDiagnostics } from '@sillage/base'
import type { Locator, Pipeline, Section } from '@sillage/pipeline'
import type { Plugin } from '@sillage/sdk'
import { checkDestinations } from './check-destinations.ts'
import { compileStage } from './compile-stage.ts'
import { readersOf } from './graph.ts'
import { placesAsked } from './places-asked.ts'
import type { Plan } from './plan.ts'
import { checkSections, planSections } from './plan-sections.ts'
import type { Binder, Files, PluginLoader } from './ports.ts'
import type { Step } from './styles/styles.ts'
import { checkSuppressions, type Suppression, suppressedBy } from './suppress.ts'

export interface PlanFacts {
  readonly pipeline: Pipeline
  readonly locate: Locator
  readonly loadPlugin: PluginLoader
  readonly binder: Binder
  readonly files: Files
  /** Who asked to be forgotten. */
  readonly suppressions?: readonly Suppression[]
  /** What apps add to the pipeline. */
  readonly sections?: readonly Section[]
  /** Read where a connection is opened to look at files. Throws `secret_missing`. */
  readonly secret: (name: string) => string
  readonly signal: AbortSignal
}

/** Compiles a pipeline. Every stage whose inputs compile is looked at, so all errors come at once; `plan` is absent where one is an error. Throws the signal's reason. */
export async function makePlan(
  facts: PlanFacts,
): Promise<{ readonly plan: Plan | undefined; readonly diagnostics: readonly Diagnostic[] }> {
  const { pipeline, locate, suppressions = [], sections = [] } = facts
  const plugins = new Map<string, Plugin>()
  await Promise.all(
    pipeline.stages.map(async (stage) => void plugins.set(stage.name, await facts.loadPlugin(stage.plugin))),
  )
  const steps = new Map<string, Step>()
  const diagnostics: Diagnostic[] = []
  const readers = readersOf(pipeline)
  const context = {
    ...facts,
    plugins,
    steps,
    readers,
    placesAsked: placesAsked(readers, plugins),
    suppressed: suppressedBy(pipeline.stages, suppressions),
  }
  for (const stage of pipeline.stages) {
    const ready = Object.values(stage.inputs)
      .flat()
      .every((ref) => steps.has(ref.stage))
    if (!ready) continue
    facts.signal.throwIfAborted()
    const compiled = await compileStage(stage, context)
    diagnostics.push(...compiled.diagnostics)
    if (compiled.step) steps.set(stage.name, compiled.step)
  }
  if (!hasErrors(diagnostics) && suppressions.length > 0) {
    const sources = new Map(
      [...steps.values()].flatMap(({ style, stage, columns }) =>
        style === 'source' ? [[stage, columns.map((column) => column.name)]] : [],
      ),
    )
    diagnostics.push(...checkSuppressions({ stages: pipeline.stages, suppressions, sources, locate }))
  }
  diagnostics.push(
    ...checkMarts(pipeline, steps, locate),
    ...checkDestinations([...steps.values()], { pipeline, locate }),
  )
  if (hasErrors(diagnostics)) return { plan: undefined, diagnostics: sortDiagnostics(diagnostics) }
  diagnostics.push(...checkSections(sections, { pipeline, steps: [...steps.values()], locate }))
  const ordered = [...steps.values()].sort((a, b) => Number(a.style === 'sink') - Number(b.style === 'sink'))
  const plan: Plan = {
    pipeline: pipeline.name,
    description: pipeline.description,
    file: pipeline.file,
    project: pipeline.project,
    places: pipeline.places,
    asOf: pipeline.asOf,
    asOfSource: pipeline.asOfSource,
    timeZone: pipeline.timeZone,
    params: Object.fromEntries(
      Object.entries(pipeline.params).filter(([name]) => !pipeline.dateParams.includes(name)),
    ),
    steps: ordered.map((step) => ({ ...step, fusedInto: fusedInto(step, steps) })),
    marts: pipeline.marts,
    memory: pipeline.memory,
    keep: pipeline.keep,
    sections: planSections(sections, pipeline),
  }
  return { plan, diagnostics: sortDiagnostics(diagnostics) }
}

/** The stored step whose statement computes a view: found by walking along its only reader. */
function fusedInto(
  step: Pick<Step, 'stage' | 'style' | 'stored'>,
  steps: ReadonlyMap<string, Step>,
): string | undefined {
  if (step.stored !== undefined || step.style === 'sink') return undefined
  const reader = [...steps.values()].find((other) => Object.values(other.inputs).flat().includes(step.stage))
  if (!reader) return undefined
  return reader.stored !== undefined ? reader.stage : fusedInto(reader, steps)
}

function checkMarts(
  { marts }: Pipeline,
  steps: ReadonlyMap<string, Step>,
  locate: Locator,
): readonly Diagnostic[] {
  return marts.flatMap((mart) => {
    const step = steps.get(mart.from.stage)
    if (!step) return []
    if (step.style === 'sink')
      return [
        diagnostic({
          code: 'mart_of_sink',
          message: `"${mart.from.stage}" delivers and has no rows to publish`,
          span: locate.value(['marts', mart.name, 'from']),
          hint: 'publish the stage before it',
        }),
      ]
    const outputs = step.outputs ?? {}
    const { output } = mart.from
    if (output !== undefined && !(output in outputs))
      return [
        diagnostic({
          code: 'output_not_made',
          message: `"${mart.from.stage}" makes no output "${output}" as it is configured`,
          span: locate.value(['marts', mart.name, 'from']),
          hint: `look up what makes it: sillage plugins ${step.plugin}`,
        }),
      ]
    const { columns } = output === undefined ? step : outputs[output]!
    const names = columns.map((column) => column.name)
    const unknown = (name: string, span: ReturnType<Locator['value']>): readonly Diagnostic[] =>
      names.includes(name)
        ? []
        : [
            diagnostic({
              code: 'column_unknown',
              message: `"${mart.from.stage}" has no column "${name}"`,
              span,
              hint: didYouMean(name, names),
            }),
          ]
    return [
      ...mart.key.flatMap((name, index) => unknown(name, locate.value(['marts', mart.name, 'key', index]))),
      ...Object.keys(mart.columns).flatMap((name) =>
        unknown(name, locate.key(['marts', mart.name, 'columns', name])),
      ),
    ]
  })
}
