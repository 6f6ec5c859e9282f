import { dirname, resolve as resolveAbsolute } from 'node:path'
import {
  type Diagnostic,
  diagnostic,
  didYouMean,
  isSillageError,
  messageOf,
  systemFailure,
} from '@sillage/base'
import type { Column, Incremental, Plugin, Problem, Rows, SqlFacts, SqlPlugin, SqlStep } from '@sillage/sdk'
import { type Sql, sql } from '@sillage/sdk'
import type { Locator, PipelineStage, YamlPath } from '@sillage/spec'
import { carryNotes } from './carry-notes.ts'
import { checkExpectations } from './check-expectations.ts'
import type { CompileContext } from './compile-context.ts'
import { configRoles, type RoleValue } from './config-roles.ts'
import { applyDrift } from './drift.ts'
import { Expressions } from './expressions.ts'
import { type Inputs, inputRelations, isReserved, userColumns } from './inputs.ts'
import { type FileState, type RelationName, relationOf, type Step, type StepParts } from './plan.ts'
import type { ShapedRelation } from './ports.ts'
import { readSource } from './read-source.ts'
import { scanSource } from './scan-source.ts'
import { fingerprintOf } from './step-fingerprint.ts'
import { reasonToStore } from './storage.ts'
import { suppressedPart } from './suppress.ts'

export interface Compiled {
  readonly step: Step | undefined
  readonly diagnostics: readonly Diagnostic[]
}

/** Compiles one stage whose inputs are compiled: checks its configuration against their columns, renders and describes its SQL. */
export async function compileStage(stage: PipelineStage, context: CompileContext): Promise<Compiled> {
  const plugin = context.plugins.get(stage.name)!
  const base: YamlPath = ['stages', stage.name, 'with']
  const at = (path: YamlPath, key = false) =>
    key ? context.locate.key([...base, ...path]) : context.locate.value([...base, ...path])
  const inputs = await inputRelations(stage, context)
  const expressions = new Expressions(context.binder, context.pipeline.asOf)
  const diagnostics: Diagnostic[] = []
  for (const value of configRoles(stage.config, stage.plugin.config)) {
    const columns = (value.input === undefined ? inputs.first : inputs.columns[value.input]) ?? []
    const names = columns.map((column) => column.name)
    if (value.role === 'column' && !names.includes(value.text)) {
      diagnostics.push(
        diagnostic({
          code: 'column_unknown',
          message: `${readable(stage, value.input)} has no column "${value.text}"`,
          span: at(value.path, value.isKey),
          hint: didYouMean(value.text, names),
        }),
      )
    }
    if (value.role === 'new-column' && value.text.startsWith('_')) {
      diagnostics.push(
        diagnostic({
          code: 'name_reserved',
          message: `"${value.text}" is reserved: names that begin with _ are the engine's`,
          span: at(value.path, value.isKey),
          hint: `call it ${value.text.replace(/^_+/, '') || 'something else'}`,
        }),
      )
    }
    if (value.role === 'expression') {
      for (const finding of await expressions.check(value.text, [...names, ...value.scope]))
        diagnostics.push(diagnostic({ ...finding, span: at(value.path, value.isKey) }))
    }
  }
  if (diagnostics.length > 0) return { step: undefined, diagnostics }

  const facts = trackAsOf(context.pipeline.asOf)
  const common = { config: stage.config, columns: inputs.first, inputs: inputs.columns, ...facts.values }
  const withAsOf = <T extends object>(value: T): T & { readonly asOf: string } =>
    Object.defineProperty(value, 'asOf', { get: facts.read, enumerable: true }) as T & {
      readonly asOf: string
    }
  try {
    const problems =
      plugin.check?.(withAsOf({ config: common.config, columns: common.columns, inputs: common.inputs })) ??
      []
    diagnostics.push(...problems.map((problem) => fromProblem(problem, at)))
    if (problems.some((problem) => problem.severity !== 'warning')) return { step: undefined, diagnostics }
    const sqlFacts: SqlFacts<unknown> = Object.defineProperty(
      withAsOf({
        ...common,
        sql,
        input: inputs.relations[Object.keys(inputs.relations)[0]!] ?? sql.empty,
        relations: inputs.relations,
        expression: (text: string) => expressions.render(text),
        provenance: inputs.provenance,
      }),
      'asOfSql',
      { get: () => sql.date(facts.read()) },
    ) as never
    const compiled = heldToDrift(await compileStyle({ stage, plugin, context, inputs, facts: sqlFacts }), {
      stage,
      context,
      diagnostics,
    })
    const self: ShapedRelation = { ...relationOf(compiled.kind, stage.name), columns: compiled.columns }
    const checks = await checkExpectations({ stage, self, context })
    diagnostics.push(...checks.diagnostics)
    const { states = [], ...rest } = compiled
    const suppressed = rest.style === 'source' ? suppressedPart(rest.suppressed) : undefined
    const parts: StepParts = {
      plugin: stage.plugin.hash,
      config: stage.config as Readonly<Record<string, unknown>>,
      as_of: facts.used() ? (context.pipeline.asOf ?? null) : null,
      inputs: Object.entries(stage.inputs).flatMap(([role, refs]) =>
        refs.map((ref) => ({
          role,
          stage: ref.stage,
          output: ref.output ?? null,
          fingerprint: context.steps.get(ref.stage)!.fingerprint,
        })),
      ),
      files: states,
      columns: rest.columns,
      provenance: rest.style === 'source' && rest.provenance,
      ...(suppressed === undefined ? {} : { suppressed }),
    }
    const step = { ...rest, expect: checks.expect, parts, fingerprint: fingerprintOf(parts) } as Step
    return { step: diagnostics.some((found) => found.severity === 'error') ? undefined : step, diagnostics }
  } catch (error) {
    const system = systemFailure(error)
    if (system) throw system
    diagnostics.push(...(await explainFailure({ error, stage, context, inputs, expressions, at })))
    return { step: undefined, diagnostics }
  }
}

function heldToDrift(
  step: CompiledStep,
  {
    stage,
    context,
    diagnostics,
  }: {
    readonly stage: PipelineStage
    readonly context: CompileContext
    readonly diagnostics: Diagnostic[]
  },
): CompiledStep {
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

type CompiledStep = Step extends infer S
  ? S extends Step
    ? Omit<S, 'fingerprint' | 'parts'> & { readonly states?: readonly FileState[] | undefined }
    : never
  : never

interface StyleFacts {
  readonly stage: PipelineStage
  readonly plugin: Plugin
  readonly context: CompileContext
  readonly inputs: Inputs
  readonly facts: SqlFacts<unknown>
}

async function compileStyle({ stage, plugin, context, inputs, facts }: StyleFacts): Promise<CompiledStep> {
  const kind = stage.plugin.name.split('/')[0] as Step['kind']
  const describe = (select: Sql, more: readonly ShapedRelation[] = []): Promise<readonly Column[]> =>
    context.binder.describe({ select: select.text, relations: [...inputs.shapes, ...more] })
  const refs = Object.fromEntries(
    Object.entries(stage.inputs).map(([role, list]) => [
      role,
      list.map((ref) => (ref.output === undefined ? ref.stage : `${ref.stage}.${ref.output}`)),
    ]),
  )
  const rows = rowsOf(plugin, stage.config)
  const store = (refuses: boolean, outputs: number): string | undefined =>
    reasonToStore({
      stage,
      plugin,
      rows,
      refuses,
      outputs,
      inputs: Object.values(stage.inputs).flat().length,
      readers: context.readers.get(stage.name)!,
      readerRows: context.readers
        .get(stage.name)!
        .stages.map((reader) => rowsOf(context.plugins.get(reader.name)!, reader.config)),
    })
  const common = {
    stage: stage.name,
    plugin: stage.plugin.name,
    module: stage.plugin.url,
    kind,
    inputs: refs,
    fusedInto: undefined,
    config: stage.config,
    expect: stage.expect,
    onReject: stage.onReject,
    tags: stage.tags,
    proven: stage.plugin.proven,
  }
  switch (plugin.style) {
    case 'source': {
      if ('read' in plugin) {
        const source = await readSource({ stage, plugin, context })
        return { ...common, style: 'source', ...source, rejects: [], suppressed: [], stored: store(false, 0) }
      }
      const provenance =
        context.readers
          .get(stage.name)!
          .stages.some((reader) => refuses(context.plugins.get(reader.name)!)) || mayRejectDrift(stage)
      const source = await scanSource({ stage, plugin, context, provenance })
      return {
        ...common,
        style: 'source',
        ...source,
        asked: undefined,
        rejects: [],
        suppressed: [],
        stored: source.attach ? 'it reads another mart' : store(false, 0),
      }
    }
    case 'sql': {
      const step = toStep(plugin.sql(facts))
      const rejects = step.rejects ?? []
      const all = await describe(step.select)
      const noted = userColumns(all).map((column) => ({ ...column, ...step.notes?.[column.name] }))
      const columns = carryNotes(noted, inputs.notes)
      const self: RelationName = relationOf(kind, stage.name)
      const outputs: Record<string, { select: string; columns: readonly Column[] }> = {}
      for (const [name, select] of Object.entries(step.outputs?.(sql.id(self.schema, self.table)) ?? {})) {
        outputs[name] = {
          select: select.text,
          columns: carryNotes(userColumns(await describe(select, [{ ...self, columns }])), columns),
        }
      }
      return {
        ...common,
        style: 'sql',
        rows: rows!,
        ...incrementalOf(plugin, stage),
        select: step.select.text,
        columns,
        rejects,
        outputs,
        provenance: all.some((column) => column.name === '_file'),
        stored: store(rejects.length > 0, Object.keys(outputs).length),
      }
    }
    case 'batch': {
      const facts2 = { config: stage.config, columns: inputs.first }
      const makes = carryNotes(plugin.output(facts2), inputs.first)
      const drops = plugin.drops?.({ config: stage.config }) ?? []
      return {
        ...common,
        style: 'batch',
        rows: 'same',
        incremental: plugin.incremental,
        input: facts.input.text,
        inputColumns: inputs.first,
        reads: plugin.reads(facts2),
        drops,
        makes,
        columns: mergeColumns(inputs.first, makes, drops),
        rejects: plugin.rejects?.({ config: stage.config }) ?? [],
        stored: store(true, 0),
      }
    }
    case 'model': {
      const units = plugin.units(facts)
      const all = await describe(units)
      const unitColumns = carryNotes(userColumns(all), inputs.first)
      const shape = { schema: 'step', table: `${stage.name}.units`, columns: all }
      const statistics = plugin.statistics({
        ...facts,
        asOf: facts.asOf,
        asOfSql: facts.asOfSql,
        units: sql.id(shape.schema, shape.table),
      })
      await describe(statistics, [shape])
      const makes = plugin.output({ config: stage.config })
      return {
        ...common,
        style: 'model',
        rows: plugin.rows,
        units: units.text,
        unitColumns,
        statistics: statistics.text,
        reads: plugin.reads({ config: stage.config }),
        makes,
        asOf: facts.asOf,
        columns: mergeColumns(unitColumns, makes, []),
        rejects: [],
        stored: store(false, 0),
      }
    }
    case 'sink': {
      const payload = plugin.payload(facts)
      const columns = userColumns(await describe(payload))
      const resolve = (path: string): string => resolvePath(path, context.pipeline.file)
      const files =
        plugin.files?.({
          config: stage.config,
          payload: sql`(${payload})`,
          columns,
          context: {
            resolve,
            get asOf() {
              return facts.asOf
            },
          },
          sql,
        }) ?? []
      for (const file of files) await describe(file.select)
      return {
        ...common,
        style: 'sink',
        payload: payload.text,
        columns,
        rejects: [],
        stored: undefined,
        files: files.map((file) => ({
          select: file.select.text,
          path: resolve(file.path),
          format: file.format,
          options: file.options ?? {},
        })),
      }
    }
  }
}

function resolvePath(path: string, file: string): string {
  return resolveAbsolute(dirname(file), path)
}

/** A key that the plugin does not name, or that the step makes itself, tells nothing of the rows that came in. */
function incrementalOf(
  plugin: SqlPlugin,
  stage: PipelineStage,
): {
  readonly incremental: Incremental
  readonly key: readonly string[]
  readonly creates: readonly string[]
} {
  const declared =
    typeof plugin.incremental === 'function' ? plugin.incremental(stage.config) : plugin.incremental
  const creates = configRoles(stage.config, stage.plugin.config)
    .filter(({ role }) => role === 'new-column')
    .map(({ text }) => text)
  const key = declared === 'by_key' ? (plugin.key?.(stage.config) ?? []) : []
  const known = key.length > 0 && !key.some((name) => creates.includes(name))
  return { incremental: declared === 'by_key' && !known ? 'whole' : declared, key, creates }
}

export function rowsOf(plugin: Plugin, config: unknown): Rows | undefined {
  switch (plugin.style) {
    case 'source':
    case 'sink':
      return undefined
    case 'sql':
      return typeof plugin.rows === 'function' ? plugin.rows(config) : plugin.rows
    case 'batch':
    case 'model':
      return plugin.rows
  }
}

function mayRejectDrift({ onDrift }: PipelineStage): boolean {
  return onDrift.columns === 'reject' || onDrift.types === 'reject'
}

function refuses(plugin: Plugin): boolean {
  return plugin.style === 'sql' && plugin.refuses === true
}

function toStep(result: Sql | SqlStep): SqlStep {
  return 'select' in result ? result : { select: result }
}

/** A made column of an input's name takes its place; the rest follow. */
function mergeColumns(
  columns: readonly Column[],
  makes: readonly Column[],
  drops: readonly string[],
): readonly Column[] {
  const made = new Map(makes.map((column) => [column.name, column]))
  const kept = columns
    .filter((column) => !drops.includes(column.name) && !isReserved(column))
    .map((column) => made.get(column.name) ?? column)
  return [...kept, ...makes.filter((column) => !kept.some((other) => other.name === column.name))]
}

/** Reading the as-of date is remembered: only then it enters the fingerprint. */
function trackAsOf(asOf: string | undefined) {
  let used = false
  const read = (): string => {
    if (asOf === undefined) throw new AsOfMissing()
    used = true
    return asOf
  }
  return { read, used: () => used, values: {} }
}

class AsOfMissing extends Error {}

function fromProblem(
  problem: Problem,
  at: (path: YamlPath, key?: boolean) => ReturnType<Locator['value']>,
): Diagnostic {
  return diagnostic({
    code: problem.code,
    message: problem.message,
    span: at(problem.path),
    hint: problem.hint,
    severity: problem.severity ?? 'error',
  })
}

function readable(stage: PipelineStage, role: string | undefined): string {
  const refs = role === undefined ? Object.values(stage.inputs)[0] : stage.inputs[role]
  return (refs ?? []).map((ref) => `"${ref.stage}"`).join(' and ') || 'the input'
}

interface FailureFacts {
  readonly error: unknown
  readonly stage: PipelineStage
  readonly context: CompileContext
  readonly inputs: Inputs
  readonly expressions: Expressions
  readonly at: (path: YamlPath, key?: boolean) => ReturnType<Locator['value']>
}

/** Blames the expression that does not bind by itself, else the stage. */
async function explainFailure({
  error,
  stage,
  context,
  inputs,
  expressions,
  at,
}: FailureFacts): Promise<readonly Diagnostic[]> {
  if (error instanceof AsOfMissing)
    return [
      diagnostic({
        code: 'as_of_missing',
        message: `"${stage.name}" needs to know what "today" is, and the pipeline has no as_of`,
        span: context.locate.key(['stages', stage.name]),
        hint: 'add as_of: 2026-01-31 at the top',
      }),
    ]
  const span = context.locate.key(['stages', stage.name])
  if (isSillageError(error) && error.code !== 'statement_failed')
    return error.diagnostics.length > 0
      ? error.diagnostics
      : [
          diagnostic({
            code: error.code,
            message: error.message,
            span: context.locate.key(['stages', stage.name, 'with']),
            hint: error.hint,
          }),
        ]
  const blamed: Diagnostic[] = []
  const alone = ({ role, text, scope }: RoleValue): boolean =>
    role === 'expression' && !expressions.namesIn(text).some((name) => scope.includes(name))
  for (const value of configRoles(stage.config, stage.plugin.config).filter(alone)) {
    const relation =
      value.input === undefined ? Object.values(inputs.relations)[0] : inputs.relations[value.input]
    if (!relation) continue
    try {
      await context.binder.describe({
        select: sql`select ${expressions.render(value.text)} from ${relation}`.text,
        relations: inputs.shapes,
      })
    } catch (inner) {
      blamed.push(
        diagnostic({
          code: 'expression_invalid',
          message: tidy(messageOf(inner)),
          span: at(value.path, value.isKey),
          hint: 'see the types with `sillage plan --output json`; cast where they differ',
        }),
      )
    }
  }
  return blamed.length > 0
    ? blamed
    : [
        diagnostic({
          code: 'stage_invalid',
          message: `"${stage.name}" does not compile: ${tidy(messageOf(error))}`,
          span,
          hint: 'check its columns and their types',
        }),
      ]
}

/** DuckDB's message without its drawing of the statement. */
function tidy(message: string): string {
  return message.split('\n\nLINE')[0]!.split('\n')[0]!.slice(0, 300)
}
