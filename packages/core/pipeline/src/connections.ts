import { type Diagnostic, diagnostic, didYouMean, hasErrors } from '@sillage/base'
import type { ConnectionRef } from '@sillage/sdk'
import { checkShape } from './check-shape.ts'
import type { ConnectionText, ConnectionTypes, KnownConnection } from './connection-shape.ts'
import { interpolate, type ParamValue } from './interpolate.ts'
import { validatorOf } from './registry.ts'
import type { Locator, YamlPath } from './yaml-source.ts'

/** A connection where it is declared, read when it is used. */
export interface DeclaredConnection {
  readonly name: string
  readonly text: ConnectionText
  /** What declares it: one of an environment wins over one of a pipeline, and that over one of the project. */
  readonly by: 'project' | 'pipeline' | 'environment'
  /** Absolute folder of the file. */
  readonly folder: string
  readonly path: YamlPath
  readonly locate: Locator
}

/** A connection that was read; without `ref` where its diagnostics hold an error. */
export interface ReadConnection {
  readonly declared: DeclaredConnection
  readonly type: KnownConnection | undefined
  readonly ref: ConnectionRef | undefined
  readonly diagnostics: readonly Diagnostic[]
}

const namePattern = /^[a-z][a-z0-9_-]{0,62}$/

/** The connections of a map of a file; what is no map is told by the file's shape. */
export function declaredConnections(
  texts: Readonly<Record<string, unknown>> | undefined,
  where: Omit<DeclaredConnection, 'name' | 'text'>,
): readonly DeclaredConnection[] {
  if (texts === null || typeof texts !== 'object') return []
  return Object.entries(texts).flatMap(([name, text]) =>
    text !== null && typeof text === 'object' && !Array.isArray(text)
      ? [{ ...where, name, text: text as ConnectionText, path: [...where.path, name] }]
      : [],
  )
}

const strength = { project: 0, pipeline: 1, environment: 2 } as const

/** The connections that hold, by name. */
export function strongestOf(
  declared: readonly DeclaredConnection[],
): ReadonlyMap<string, DeclaredConnection> {
  const ordered = [...declared].sort((a, b) => strength[a.by] - strength[b.by])
  return new Map(ordered.map((one) => [one.name, one]))
}

/**
 * Checks a connection against its definition, with `${env:x}` and `${param:x}` replaced, as they are already in one of a pipeline, and
 * defaults filled in.
 */
export async function readConnection(
  declared: DeclaredConnection,
  {
    types,
    env,
    params,
  }: {
    readonly types: ConnectionTypes
    readonly env: Readonly<Record<string, string | undefined>>
    readonly params: Readonly<Record<string, ParamValue>>
  },
): Promise<ReadConnection> {
  const { name, path, folder, locate } = declared
  const within: Locator = {
    value: (inner) => locate.value([...path, ...inner]),
    key: (inner) => locate.key([...path, ...inner]),
  }
  const replaced =
    declared.by === 'pipeline'
      ? { value: declared.text, diagnostics: [] }
      : interpolate(declared.text, { env, params, locate: within })
  const { type: asked, ...config } = structuredClone(replaced.value) as Record<string, unknown>
  const type = types.get(String(asked))
  const diagnostics = [...replaced.diagnostics, ...checkName(name, within)]
  if (type === undefined) {
    const unknown = asked === undefined ? [] : [typeUnknown(asked, { types, within })]
    return { declared, type, ref: undefined, diagnostics: [...diagnostics, ...unknown] }
  }
  diagnostics.push(...checkShape({ value: config, validate: await validatorOf(type), base: path, locate }))
  const ref: ConnectionRef = { name, type: type.name, module: type.url, config, folder }
  return { declared, type, ref: hasErrors(diagnostics) ? undefined : ref, diagnostics }
}

function checkName(name: string, { key }: Locator): readonly Diagnostic[] {
  if (namePattern.test(name)) return []
  return [
    diagnostic({
      code: 'name_invalid',
      message: `"${name}" cannot name a connection`,
      span: key([]),
      hint: 'lower-case letters, digits, underscores and hyphens, starting with a letter, at most 63',
    }),
  ]
}

function typeUnknown(
  asked: unknown,
  { types, within }: { readonly types: ConnectionTypes; readonly within: Locator },
): Diagnostic {
  return diagnostic({
    code: 'connection_type_unknown',
    message: `There is no connection of type ${JSON.stringify(asked)}`,
    span: within.value(['type']),
    hint: didYouMean(String(asked), types.keys()) ?? `one of ${[...types.keys()].join(', ')}`,
  })
}
