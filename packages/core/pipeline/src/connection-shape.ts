import type { ConnectionEntry, JsonSchema } from '@sillage/sdk'

/** A definition of a connection as the registry knows it: its manifest entry and the absolute file URL of its module. */
export interface KnownConnection extends ConnectionEntry {
  readonly url: string
}

/** The definitions that a project may use, by name. */
export type ConnectionTypes = ReadonlyMap<string, KnownConnection>

/** A connection as a file has it. */
export type ConnectionText = Readonly<Record<string, unknown>>

/** The shape of `connections:`; the options of each are those of its definition. */
export const connectionsShape: JsonSchema = {
  type: 'object',
  description:
    'Ways to systems, by names that stages call: each has a type, such as http, and the options of that type.',
  additionalProperties: {
    type: 'object',
    properties: {
      type: { type: 'string', minLength: 1, description: 'The kind of connection, such as http.' },
    },
    required: ['type'],
    additionalProperties: true,
  },
}
