import type { JsonSchema } from '@sillage/sdk'
import { pipelineShape } from './pipeline-schema.ts'
import { projectShape } from './project-shape.ts'
import type { Section } from './section.ts'

export type ShapeName = 'pipeline' | 'project'

/** The shapes of the files of a project with these sections. The build of who joins sections makes a validator of each. */
export function shapesOf(sections: readonly Section[]): Readonly<Record<ShapeName, JsonSchema>> {
  return { pipeline: pipelineShape(sections), project: projectShape(sections) }
}
