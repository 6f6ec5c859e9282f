import type { JsonSchema, Schema } from '../config.ts'
import type { Limits, Pace } from '../http/pace.ts'

/** What plugins can use a connection as, whatever its type. */
export const connectionRoles = ['files'] as const
export type ConnectionRole = (typeof connectionRoles)[number]

/** What a connection with the role `files` gives to plugins: it resolves paths of their configuration. */
export interface FilesConnection {
  /** Absolute path of a path or glob. */
  readonly resolve: (path: string) => string
}

/** What a connection may touch while it is opened and tested. */
export interface ConnectionContext {
  /** Ends with the run. */
  readonly signal: AbortSignal
  /** Enforces the limits of the server for all stages that use the connection. */
  readonly pace: Pace
  /** Removes the secrets of the connection from a text. */
  readonly redact: (text: string) => string
  /** Absolute path of a path in the configuration, relative to the file that declares the connection. */
  readonly resolve: (path: string) => string
}

/**
 * The definition of a connection to a system, opened for each stage that uses it. `C` is its configuration, `O` what plugins are handed.
 */
export interface Connection<C = unknown, O = unknown> {
  readonly style: 'connection'
  /** The `type` of a connection in YAML: lower-case letters, digits and hyphens. */
  readonly name: string
  /** The roles that `O` fulfils. */
  readonly roles?: readonly ConnectionRole[]
  /** One sentence, without the name. */
  readonly summary: string
  /** Options beside `type`. */
  readonly config: Schema<C>
  /**
   * The part of the configuration that identifies the data behind the connection: when it changes, a source is read from the beginning. Secrets
   * are unresolved (`${secret:x}`). Default: all of the configuration. Undefined if the data identify themselves, as files do.
   */
  readonly identity?: (config: C) => unknown
  readonly limits?: (config: C) => Limits
  /** Called for each stage that uses the connection, when it begins, with secrets resolved. */
  readonly open: (facts: { readonly config: C; readonly context: ConnectionContext }) => Promise<O> | O
  /** Checks that the system answers, without changing anything. Returns what it saw, as a sentence; throws if the system does not answer. */
  readonly test: (facts: {
    readonly connection: O
    readonly config: C
    readonly context: ConnectionContext
  }) => Promise<string> | string
  readonly close?: (connection: O) => Promise<void> | void
}

/** A connection of a stage, as plain data: its configuration with `${secret:x}` unresolved. */
export interface ConnectionRef {
  /** As the stage calls it. */
  readonly name: string
  /** The name of its definition. */
  readonly type: string
  /** File URL of the definition's module. */
  readonly module: string
  readonly config: Readonly<Record<string, unknown>>
  /** Absolute folder of the file that declares it. */
  readonly folder: string
}

/** What is known of a definition without loading it. */
export interface ConnectionEntry {
  readonly name: string
  readonly roles: readonly ConnectionRole[]
  readonly summary: string
  readonly config: JsonSchema
  /** File of the module, relative to the manifest. */
  readonly module: string
  /** File of the compiled validator of the configuration, relative to the module; absent where none was built. */
  readonly validator?: string
}

/** Which connections a plugin takes. */
export interface ConnectionNeed {
  /** Names of definitions, or roles. */
  readonly types: readonly string[]
  readonly required: boolean
}

/** What a plugin that uses a connection declares. */
export interface Connected {
  /** The connections that a stage may name: `['http']`, or a role such as `['files']`. Default: none. */
  readonly connection?: readonly string[]
  /** True if a stage must name one. */
  readonly needsConnection?: boolean
}

/** True if a connection of this definition is accepted. */
export function isTaken({ types }: ConnectionNeed, { name, roles }: ConnectionEntry): boolean {
  return types.some((type) => type === name || roles.some((role) => role === type))
}

/**
 * Defines a connection to a system, which stages name as `connection:`. Its file is `src/connection.ts` of a connector. Throws if it has an
 * option called `type`, since every connection has that key.
 */
export function defineConnection<C, O>(connection: Omit<Connection<C, O>, 'style'>): Connection<C, O> {
  if (connection.config.properties?.type !== undefined)
    throw new TypeError(`the connection ${connection.name} declares the option "type": give it another name`)
  return Object.freeze({ style: 'connection', ...connection })
}
