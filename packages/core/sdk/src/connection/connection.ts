import type { JsonSchema, Schema } from '../config.ts'
import type { Limits, Pace } from '../http/pace.ts'

/** What several kinds of connections can be to a plugin, whatever they are. */
export const connectionRoles = ['files'] as const
export type ConnectionRole = (typeof connectionRoles)[number]

/** What a connection of the role `files` gives to plugins: where a path of their configuration is. */
export interface FilesConnection {
  /** Absolute path of a path or glob. */
  readonly resolve: (path: string) => string
}

/** What a connection may touch while it is opened and tested. */
export interface ConnectionContext {
  /** Ends with the run. */
  readonly signal: AbortSignal
  /** The limits of the server, shared by all stages that use the connection. */
  readonly pace: Pace
  /** Takes the secrets of the connection out of a text. */
  readonly redact: (text: string) => string
  /** Absolute path of a path in the configuration, relative to the file that declares the connection. */
  readonly resolve: (path: string) => string
}

/**
 * A way to a system: what a person says once of it, opened for each stage that uses it. `C` is its configuration, `O` what plugins are handed.
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
   * What of the configuration says which data stand behind it: a source that was read through another is read anew. The secrets stand as
   * `${secret:x}`. All of the configuration unless said; undefined where the data say it themselves, as files do.
   */
  readonly identity?: (config: C) => unknown
  readonly limits?: (config: C) => Limits
  /** Called for each stage that uses the connection, as it begins, with secrets in their places. */
  readonly open: (facts: { readonly config: C; readonly context: ConnectionContext }) => Promise<O> | O
  /** Finds out whether the system answers, without changing anything. Gives what it saw, as a sentence; throws where it does not. */
  readonly test: (facts: {
    readonly connection: O
    readonly config: C
    readonly context: ConnectionContext
  }) => Promise<string> | string
  readonly close?: (connection: O) => Promise<void> | void
}

/** A connection of a stage, as plain data: its configuration with `${secret:x}` in place. */
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

/** What plugins that speak to a system say of it. */
export interface Connected {
  /** The connections that a stage may name: `['http']`, or a role such as `['files']`. None unless said. */
  readonly connection?: readonly string[]
  /** True where a stage must name one. */
  readonly needsConnection?: boolean
}

/** True where a connection of this definition is one that is taken. */
export function isTaken({ types }: ConnectionNeed, { name, roles }: ConnectionEntry): boolean {
  return types.some((type) => type === name || roles.some((role) => role === type))
}

/**
 * A way to a system, which stages name as `connection:`. Its file is `src/connection.ts` of a connector. Throws where it has an option called
 * `type`, which is that of every connection.
 */
export function defineConnection<C, O>(connection: Omit<Connection<C, O>, 'style'>): Connection<C, O> {
  if (connection.config.properties?.type !== undefined)
    throw new TypeError(`the connection ${connection.name} declares the option "type": give it another name`)
  return Object.freeze({ style: 'connection', ...connection })
}
