import { type Diagnostic, diagnostic, ownCode, systemFailure } from '@sillage/base'
import type { PipelineStage } from '@sillage/pipeline'
import { connectionIdentity, type Plugin, type Problem, type SqlFacts, sql } from '@sillage/sdk'
import { AsOf } from './as-of.ts'
import { checkExpectations } from './check-expectations.ts'
import { type ConfigPlace, checkRoles } from './check-roles.ts'
import { checkConnectionSecrets, checkSecrets } from './check-secrets.ts'
import type { CompileContext } from './compile-context.ts'
import { applyDrift } from './drift.ts'
import { explainFailure } from './explain-failure.ts'
import { Expressions } from './expressions.ts'
import { type Inputs, inputRelations } from './inputs.ts'
import { mayCarry } from './places-asked.ts'
import type { ShapedRelation } from './ports.ts'
import { carriesPlaces, relationOf, type StepParts } from './step.ts'
import { fingerprintOf } from './step-fingerprint.ts'
import { checkDelivery } from './styles/sink.ts'
import { type CompiledStep, planStyleOf, type Step } from './styles/styles.ts'
import { suppressedPart } from './suppress.ts'

export interface Compiled {
  readonly step: Step | undefined
  readonly diagnostics: readonly Diagnostic[]
}

/** Compiles one stage whose inputs are compiled: checks its configuration against their columns, renders and describes its SQL. */
export async function compileStage(written: PipelineStage, context: CompileContext): Promise<Compiled> {
  const plugin = context.plugins.get(written.name)!
  const style = planStyleOf(plugin)
  const areRead = style.readsSecrets(plugin)
  const at: ConfigPlace = (path, key = false) => {
    const full = ['stages', written.name, 'with', ...path]
    return key ? context.locate.key(full) : context.locate.value(full)
  }
  const inputs = await inputRelations(written, context)
  const expressions = new Expressions(context.binder, context.pipeline.asOf)
  const filled = withDefaults(written, { plugin, inputs })
  if ('error' in filled) {
    const facts = { error: filled.error, stage: written, context, inputs, expressions, at }
    return { step: undefined, diagnostics: await explainFailure(facts) }
  }
  const { stage } = filled
  const asOf = new AsOf(context.pipeline.asOf)
  const asked = {
    config: stage.config,
    columns: inputs.first,
    inputs: inputs.columns,
    ...(stage.connection === undefined ? {} : { connection: stage.connection }),
  }
  const diagnostics = [
    ...checkSecrets(stage, { areRead, at }),
    ...checkConnectionSecrets(stage, {
      areRead: areRead || plugin.style === 'source',
      locate: context.locate,
    }),
    ...(await checkRoles({ stage, inputs, expressions, at })),
  ]
  if (diagnostics.length > 0) {
    const more = checkAnyway(() => plugin.check?.(asOf.on({ ...asked })) ?? [])
    return { step: undefined, diagnostics: [...diagnostics, ...elsewhere(more, { at, diagnostics })] }
  }
  try {
    const problems = plugin.check?.(asOf.on({ ...asked })) ?? []
    diagnostics.push(...problems.map((problem) => fromProblem(problem, at)))
    if (problems.some((problem) => problem.severity !== 'warning')) return { step: undefined, diagnostics }
    const carries = inputs.provenance && context.placesAsked.has(stage.name) && mayCarry(plugin, stage.config)
    const facts = sqlFacts({ carries, asked, inputs, expressions, asOf })
    const compiled = await style.compile({ stage, plugin, context, inputs, facts })
    if (compiled.style === 'sink')
      diagnostics.push(...checkDelivery(compiled, { stage, locate: context.locate }))
    const held = heldToDrift(compiled, { stage, context, diagnostics })
    const self: ShapedRelation = { ...relationOf(held.kind, stage.name), columns: held.columns }
    const checks = await checkExpectations({ stage, self, context })
    diagnostics.push(...checks.diagnostics)
    const { states: _, ...rest } = held
    const identity = await connectionIdentity(stage.connection)
    const parts = partsOf(held, { stage, identity, context, asOf })
    const step = { ...rest, expect: checks.expect, parts, fingerprint: fingerprintOf(parts) } as Step
    return { step: diagnostics.some((found) => found.severity === 'error') ? undefined : step, diagnostics }
  } catch (error) {
    context.signal.throwIfAborted()
    const system = systemFailure(error)
    if (system) throw system
    diagnostics.push(...(await explainFailure({ error, stage, context, inputs, expressions, at })))
    return { step: undefined, diagnostics }
  }
}

/** The stage with the options that it leaves out and that follow from the columns which it reads. */
function withDefaults(
  stage: PipelineStage,
  { plugin, inputs }: { readonly plugin: Plugin; readonly inputs: Inputs },
): { readonly stage: PipelineStage } | { readonly error: unknown } {
  if (plugin.defaults === undefined) return { stage }
  try {
    const { config } = stage
    const found = plugin.defaults({ config, columns: inputs.first, inputs: inputs.columns })
    return { stage: { ...stage, config: { ...found, ...config } } }
  } catch (error) {
    return { error }
  }
}

function sqlFacts({
  carries,
  asked,
  inputs,
  expressions,
  asOf,
}: {
  readonly carries: boolean
  readonly asked: Pick<SqlFacts<unknown>, 'config' | 'columns' | 'inputs' | 'connection'>
  readonly inputs: Inputs
  readonly expressions: Expressions
  readonly asOf: AsOf
}): SqlFacts<unknown> {
  const facts = asOf.on({
    ...asked,
    sql,
    input: Object.values(inputs.relations)[0] ?? sql.empty,
    relations: inputs.relations,
    expression: (text: string) => {
      if (expressions.readsAsOf(text)) asOf.read()
      return expressions.render(text)
    },
    provenance: inputs.provenance,
    carries,
  })
  return Object.defineProperty(facts, 'asOfSql', { get: () => sql.date(asOf.read()) }) as typeof facts & {
    readonly asOfSql: ReturnType<typeof sql.date>
  }
}

interface HeldFacts {
  readonly stage: PipelineStage
  readonly context: CompileContext
  readonly diagnostics: Diagnostic[]
}

/** A source held to the columns that it had, and without those who are kept out of it. */
function heldToDrift(step: CompiledStep, { stage, context, diagnostics }: HeldFacts): CompiledStep {
  if (step.style !== 'source') return step
  if (step.asked !== undefined) return withSuppressed(step, context)
  const last = context.files.lastColumns(stage.name)
  const held = applyDrift({ stage, step, last, locate: context.locate })
  diagnostics.push(...held.diagnostics)
  return withSuppressed(held.step, context)
}

/** The source with those who are kept out of it. Its rows are hashed once, so it is a table. */
function withSuppressed<S extends CompiledStep & { readonly style: 'source' }>(
  step: S,
  context: CompileContext,
): S {
  const suppressed = context.suppressed(
    step.stage,
    step.columns.map((column) => column.name),
  )
  if (suppressed.length === 0) return step
  return { ...step, suppressed, stored: step.stored ?? 'it keeps people out who asked to be forgotten' }
}

interface PartsFacts {
  readonly stage: PipelineStage
  /** Of its connection. */
  readonly identity: unknown
  readonly context: CompileContext
  readonly asOf: AsOf
}

function partsOf(step: CompiledStep, { stage, identity, context, asOf }: PartsFacts): StepParts {
  const suppressed = step.style === 'source' ? suppressedPart(step.suppressed) : undefined
  return {
    plugin: stage.plugin.hash,
    duckdb: step.style === 'source' && step.asked !== undefined ? null : context.binder.version,
    config: stage.config,
    ...(identity === undefined ? {} : { connection: identity }),
    as_of: asOf.part,
    inputs: Object.entries(stage.inputs).flatMap(([role, refs]) =>
      refs.map((ref) => ({
        role,
        stage: ref.stage,
        output: ref.output ?? null,
        fingerprint: context.steps.get(ref.stage)!.fingerprint,
      })),
    ),
    files: step.states ?? [],
    columns: step.columns,
    provenance: step.style === 'batch' ? step.provenance : carriesPlaces(step),
    ...(step.style === 'source' && step.refused !== undefined ? { named: step.stage } : {}),
    ...(suppressed === undefined ? {} : { suppressed }),
  }
}

/** What a plugin finds wrong beside what is wrong already; a check that counts on the columns being there may throw then. */
function checkAnyway(check: () => readonly Problem[]): readonly Problem[] {
  try {
    return check()
  } catch {
    return []
  }
}

/** The problems of other places: that a column is unknown, say, is told once. */
function elsewhere(
  problems: readonly Problem[],
  { at, diagnostics }: { readonly at: ConfigPlace; readonly diagnostics: readonly Diagnostic[] },
): readonly Diagnostic[] {
  const told = new Set(diagnostics.map(({ line, column }) => `${line}:${column}`))
  return problems
    .map((problem) => fromProblem(problem, at))
    .filter(({ line, column }) => !told.has(`${line}:${column}`))
}

function fromProblem(
  { code, message, path, hint, severity = 'error' }: Problem,
  at: ConfigPlace,
): Diagnostic {
  return diagnostic({ code: ownCode(code), message, span: at(path), hint, severity })
}
