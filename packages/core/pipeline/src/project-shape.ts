import type { JsonSchema } from '@sillage/sdk'
import { connectionsShape } from './connection-shape.ts'
import { environmentShape } from './environment.ts'
import { limitsShape } from './limits.ts'
import type { Section } from './section.ts'
import { sectionShapes } from './section-shapes.ts'

/** The shape of `sillage.yaml` with these sections. */
export function projectShape(sections: readonly Section[]): JsonSchema {
  return {
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
      environments: { type: 'object', additionalProperties: environmentShape(sections) },
      ...sectionShapes(sections, ({ project }) => project),
      limits: limitsShape,
    },
    required: [],
    additionalProperties: false,
  }
}
