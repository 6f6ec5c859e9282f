import type { JsonSchema } from '@sillage/sdk'
import { connectionsShape } from './connection-shape.ts'
import { environmentShape, onFailureShape } from './environment.ts'
import { limitsShape } from './limits.ts'
import { lineageShape } from './lineage.ts'

/** The shape of `sillage.yaml`; that of `inbox:` is looked at where it stands there. */
export const projectShape: JsonSchema = {
  type: 'object',
  properties: {
    plugins: {
      type: 'array',
      items: { type: 'string' },
      description: 'Packages, or files such as ./plugins/shouting.ts.',
    },
    pipelines: { type: 'array', items: { type: 'string' }, description: 'Globs of pipeline files.' },
    memory: { type: 'string' },
    keep: { type: 'integer', minimum: 1 },
    connections: connectionsShape,
    environments: { type: 'object', additionalProperties: environmentShape },
    on_failure: onFailureShape,
    freshness: { type: 'string', description: 'How old the last success may be, such as 26h.' },
    inbox: { type: 'object', description: 'Forms that sillage serve takes at /collect.' },
    lineage: lineageShape,
    limits: limitsShape,
  },
  required: [],
  additionalProperties: false,
}
