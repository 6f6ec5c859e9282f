import { dirname, isAbsolute, join, relative, resolve as resolveAbsolute } from 'node:path'
import { type Diagnostic, diagnostic, didYouMean, type ErrorCode } from '@sillage/base'
import type { PipelineStage } from '@sillage/pipeline'
import {
  type Column,
  connectionIdentity,
  type DeliveryOptions,
  openConnection,
  type SinkPlugin,
  type Sql,
  sql,
} from '@sillage/sdk'
import { carryNotes } from '../carry-notes.ts'
import type { CompileContext } from '../compile-context.ts'
import { userColumns } from '../inputs.ts'
import { type Compiled, commonOf, describe, type StyleFacts } from './common.ts'
import type { SinkDelivery, SinkStep } from './sink-step.ts'

/** The name under which the statements of files read what is due; whoever runs them says what it stands for. */
export const payloadName = 'sillage_payload'

/** A step that delivers: what it sends, and the files that it writes. */
export async function compileSink(style: StyleFacts<SinkPlugin>): Promise<Compiled<SinkStep>> {
  const { facts, stage, plugin } = style
  // Not spread: some facts count as read when they are asked for.
  const payload = style.plugin.payload(Object.assign(facts, { key: knownBy(stage, style.context) }))
  const columns = carryNotes(userColumns(await describe(style, payload)), style.inputs.first)
  const files = await filesOf(style, payload, columns)
  return {
    ...commonOf(style),
    style: 'sink',
    payload: payload.text,
    columns,
    rejects: [],
    stored: undefined,
    files,
    delivery: deliveryOf({
      stage,
      plugin,
      columns,
      files,
      identity: await connectionIdentity(stage.connection),
      context: style.context,
    }),
  }
}

async function filesOf(
  style: StyleFacts<SinkPlugin>,
  payload: Sql,
  columns: Compiled<SinkStep>['columns'],
): Promise<Compiled<SinkStep>['files']> {
  const { stage, plugin, context, facts } = style
  const { pipeline } = context
  const folder = dirname(pipeline.file)
  const resolve = (path: string): string => resolveAbsolute(folder, path)
  const place = {
    resolve,
    get asOf() {
      return facts.asOf
    },
  }
  await using connection = await openConnection(stage.connection, {
    secret: noSecret,
    signal: context.signal,
  })
  const files =
    plugin.files?.({
      config: stage.config,
      connection: connection.value,
      payload: sql.id(payloadName),
      columns,
      context: place,
      sql,
    }) ?? []
  for (const { select } of files) await describe(style, reading(select, payload))
  return files.map(({ select, path, format, options = {} }) => ({
    select: select.text,
    path: placedIn(pipeline.places.outputs, { path: resolve(path), project: pipeline.project }),
    format,
    options,
  }))
}

/** A statement of a file with what it reads. */
export function reading(select: Sql, payload: Sql): Sql {
  return sql`with ${sql.id(payloadName)} as not materialized (${payload}) ${select}`
}

/** Where an environment keeps what the pipeline writes; one that sends writes where the pipeline says. */
function placedIn(
  outputs: string | undefined,
  { path, project }: { readonly path: string; readonly project: string },
): string {
  if (outputs === undefined) return path
  const inside = relative(project, path)
  const isOutside = inside.startsWith('..') || isAbsolute(inside)
  return join(outputs, isOutside ? path.replaceAll(/^[/\\]+|[:]/g, '') : inside)
}

interface DeliveryFacts {
  readonly stage: PipelineStage
  readonly plugin: SinkPlugin
  readonly columns: readonly Column[]
  readonly files: SinkStep['files']
  /** Of its connection. */
  readonly identity: unknown
  readonly context: CompileContext
}

function deliveryOf({ stage, plugin, columns, files, identity, context }: DeliveryFacts): SinkDelivery {
  const { key: given, mode, max_removed: maxRemoved = 0.2 } = stage.config as DeliveryOptions
  const { project } = context.pipeline
  const sent = new Set(columns.map(({ name }) => name))
  const key = knownBy(stage, context)
  return {
    mode: mode ?? (plugin.files ? 'full' : 'upsert'),
    key: given !== undefined || key.every((name) => sent.has(name)) ? key : [],
    maxRemoved,
    destination:
      files.length > 0
        ? files.map(({ path }) => relative(project, path)).join('\n')
        : (plugin.destination?.(stage.config, stage.connection?.config) ?? destinationOf(stage, identity)),
    shared: stage.shared,
  }
}

/** The key that is given, or that of the mart with the same rows. */
function knownBy(
  stage: Pick<PipelineStage, 'name' | 'inputs' | 'config'>,
  { pipeline }: CompileContext,
): readonly string[] {
  const { key } = stage.config as DeliveryOptions
  const [from] = Object.values(stage.inputs).flat()
  const mart = pipeline.marts.find(
    (one) => one.from.stage === from?.stage && one.from.output === from.output && one.key.length > 0,
  )
  return key ?? mart?.key ?? []
}

const placeNames: ReadonlySet<string> = new Set(['url', 'host', 'table', 'endpoint'])

/** The options that say where, of a plugin that does not say it itself. */
function destinationOf(
  { plugin, config }: Pick<PipelineStage, 'plugin' | 'config'>,
  identity: unknown,
): string {
  const places = Object.entries(config).filter(
    ([name]) => placeNames.has(name) || plugin.config.properties?.[name]?.['x-role'] === 'path',
  )
  const through = identity === undefined ? [] : [['connection', identity] as const]
  return [
    plugin.name,
    ...[...through, ...places].map(([name, value]) => `${name}=${JSON.stringify(value)}`),
  ].join(' ')
}

/** What a schema cannot say of `key` and `mode`. */
export function checkDelivery(
  { files, delivery, columns }: Compiled<SinkStep>,
  { stage, locate }: { readonly stage: PipelineStage; readonly locate: CompileContext['locate'] },
): readonly Diagnostic[] {
  const at = (...path: readonly (string | number)[]) => locate.value(['stages', stage.name, 'with', ...path])
  const names = columns.map(({ name }) => name)
  const given = (stage.config as DeliveryOptions).key ?? []
  const unsent = given.flatMap((name, index) =>
    names.includes(name)
      ? []
      : [
          diagnostic({
            code: 'key_not_sent',
            message: `"${name}" is part of the key, but is not among the columns that are sent`,
            span: at('key', index),
            hint: didYouMean(name, names) ?? 'add it to columns: it identifies a row to the receiver',
          }),
        ],
  )
  if (delivery.mode !== 'mirror') return unsent
  const mirror = (code: ErrorCode, message: string, hint: string): Diagnostic =>
    diagnostic({ code, message, span: at('mode'), hint })
  if (files.length > 0)
    return [
      ...unsent,
      mirror(
        'mode_not_for_files',
        'A file cannot be told what to remove: mirror is for receivers of messages',
        'mode: full writes all rows each time',
      ),
    ]
  if (delivery.key.length === 0)
    return [
      ...unsent,
      mirror(
        'mirror_needs_key',
        'mirror tells which keys are gone, and this sink has no key',
        'give it one, such as key: [id], or give the mart with the same rows a key',
      ),
    ]
  return unsent
}

/** Files of a sink are named while the plan is made, without secrets: `checkSecrets` refuses them. */
function noSecret(): string {
  return ''
}
