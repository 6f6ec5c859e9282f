import type { JsonSchema } from '@sillage/sdk'
import { compileValidator, type Validator } from './compile-validator.ts'
import { inboxShape } from './inbox-shape.ts'
import { pipelineShape } from './pipeline-schema.ts'
import { projectShape } from './project-shape.ts'

/** The shapes of the files of a project. Each has a validator that the build makes, `@sillage/pipeline/validators/<name>`. */
export const shapes = {
  pipeline: pipelineShape,
  project: projectShape,
  inbox: inboxShape,
} as const satisfies Readonly<Record<string, JsonSchema>>

/** The validator of a shape: made by the build, or compiled now where the sources run. */
export async function shapeValidator(name: keyof typeof shapes): Promise<Validator> {
  if (import.meta.url.endsWith('.ts')) return compileValidator(shapes[name])
  // By its public name: this module may stand in another package's bundle.
  const built = `@sillage/pipeline/validators/${name}`
  const module = (await import(built)) as { readonly default: Validator }
  return module.default
}
