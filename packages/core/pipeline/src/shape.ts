import type { JsonSchema } from '@sillage/sdk'

/** A JSON Schema with keywords that configurations of plugins do not have. */
export type Shape = JsonSchema & Readonly<Record<string, unknown>>

/** A map with these keys and no others. */
export const object = (
  properties: Readonly<Record<string, Shape>>,
  required: readonly string[] = [],
  more: Shape = {},
): Shape => ({ type: 'object', properties, required, additionalProperties: false, ...more })
