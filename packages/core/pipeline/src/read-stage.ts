import { type Diagnostic, diagnostic } from '@sillage/base'
import { checkShape } from './check-shape.ts'
import type { Validator } from './compile-validator.ts'
import type { ReadConnection } from './connections.ts'
import { readExpectations } from './expectations.ts'
import { type Edge, parseRef } from './graph.ts'
import type { DriftPolicy, KnownPlugin, PipelineStage } from './pipeline.ts'
import { type FromText, readInputs } from './read-inputs.ts'
import { stageConnection } from './stage-connection.ts'
import type { Locator, YamlPath } from './yaml-source.ts'

/** A stage as the file has it, after interpolation. */
export interface StageText {
  readonly uses: string
  readonly from?: FromText
  readonly with?: Readonly<Record<string, unknown>>
  readonly connection?: string
  readonly expect?: readonly Readonly<Record<string, unknown>>[]
  readonly on_reject?: PipelineStage['onReject']
  readonly on_drift?: DriftPolicy | Partial<PipelineStage['onDrift']>
  readonly shared?: boolean
  /** The option of this name of a model, beside `on_reject`. */
  readonly on_unfit?: 'fail' | 'null' | null
  readonly tags?: readonly string[]
  readonly description?: string
}

interface StageFacts {
  readonly name: string
  readonly text: StageText
  /** The same before interpolation. */
  readonly raw: StageText
  readonly plugin: KnownPlugin
  readonly validate: Validator
  /** The plugins of all stages, by stage. */
  readonly plugins: ReadonlyMap<string, KnownPlugin>
  /** Those that hold, by name. */
  readonly connections: ReadonlyMap<string, ReadConnection>
  readonly locate: Locator
}

/** Each place of `from` that names a stage. */
export function stageEdges(name: string, { from }: StageText): readonly Edge[] {
  const base: YamlPath = ['stages', name, 'from']
  const edge = (text: unknown, path: YamlPath): readonly Edge[] =>
    typeof text === 'string' ? [{ ref: parseRef(text), path }] : []
  const edges = (text: unknown, path: YamlPath): readonly Edge[] =>
    Array.isArray(text) ? text.flatMap((one, index) => edge(one, [...path, index])) : edge(text, path)
  if (from === undefined || from === null) return []
  if (typeof from === 'object' && !Array.isArray(from))
    return Object.entries(from).flatMap(([role, text]) => edges(text, [...base, role]))
  return edges(from, base)
}

/** A stage with its configuration checked against the plugin's schema and its inputs put in their roles. */
export function readStage({ name, text, raw, plugin, validate, plugins, connections, locate }: StageFacts): {
  readonly stage: PipelineStage
  readonly diagnostics: readonly Diagnostic[]
} {
  const path: YamlPath = ['stages', name]
  const config = structuredClone({
    ...(plugin.style === 'model' && text.on_unfit !== undefined ? { on_unfit: text.on_unfit } : {}),
    ...text.with,
  }) as Record<string, unknown>
  const diagnostics = [...checkShape({ value: config, validate, base: [...path, 'with'], locate })]
  const asked = typeof text.connection === 'string' ? text.connection : undefined
  const connected = stageConnection({ name, asked, plugin, connections, locate })
  diagnostics.push(...connected.diagnostics)
  const inputs = readInputs({ name, from: text.from, plugin, locate }, diagnostics)
  for (const edge of stageEdges(name, text)) {
    if (plugins.get(edge.ref.stage)?.style === 'sink' && plugin.style !== 'sink')
      diagnostics.push(
        diagnostic({
          code: 'from_sink',
          message: `"${edge.ref.stage}" only delivers: nothing but another activate stage reads it`,
          span: locate.value(edge.path),
          hint: 'read from the stage before it',
        }),
      )
  }
  const expectations = readExpectations(
    Array.isArray(text.expect) ? text.expect : [],
    [...path, 'expect'],
    locate,
  )
  diagnostics.push(...expectations.diagnostics)
  if (plugin.style === 'sink' && expectations.expect.length > 0)
    diagnostics.push(
      diagnostic({
        code: 'expect_on_sink',
        message: 'A stage that delivers has no rows to check',
        span: locate.key([...path, 'expect']),
        hint: 'put expect on the stage before it',
      }),
    )
  if (plugin.style !== 'source' && text.on_drift !== undefined)
    diagnostics.push(
      diagnostic({
        code: 'drift_on_stage',
        message: `on_drift is for stages that read files or marts; "${name}" reads other stages`,
        span: locate.key([...path, 'on_drift']),
        hint: 'put on_drift on its collect stage',
      }),
    )
  if (plugin.style !== 'sink' && text.shared !== undefined)
    diagnostics.push(
      diagnostic({
        code: 'shared_on_stage',
        message: `shared is for stages that deliver; "${name}" does not`,
        span: locate.key([...path, 'shared']),
        hint: 'take it out',
      }),
    )
  if (plugin.style !== 'model' && text.on_unfit !== undefined)
    diagnostics.push(
      diagnostic({
        code: 'unfit_on_stage',
        message: `on_unfit is for models; ${plugin.name} fits none`,
        span: locate.key([...path, 'on_unfit']),
        hint: 'remove it, or put it on the predict stage',
      }),
    )
  const stage: PipelineStage = {
    name,
    plugin,
    inputs,
    config,
    expect: expectations.expect,
    onReject: text.on_reject ?? 'quarantine',
    onDrift: driftPolicies(text.on_drift),
    ...(connected.connection === undefined ? {} : { connection: connected.connection }),
    shared:
      text.shared === true || differsByPlace(raw, asked === undefined ? undefined : connections.get(asked)),
    tags: text.tags ?? [],
    ...(text.description === undefined ? {} : { description: text.description }),
  }
  return { stage, diagnostics }
}

/** True where what the stage speaks to is another in another environment. */
function differsByPlace(raw: StageText, connection: ReadConnection | undefined): boolean {
  const { by, text } = connection?.declared ?? {}
  return by === 'environment' || JSON.stringify([raw.with, raw.connection, text]).includes('${env:')
}

function driftPolicies(text: StageText['on_drift'] = 'evolve'): PipelineStage['onDrift'] {
  if (typeof text === 'string') return { columns: text, types: text }
  return { columns: text.columns ?? 'evolve', types: text.types ?? 'evolve' }
}
