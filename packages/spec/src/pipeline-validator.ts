import { compileValidator, type Validator } from './compile-validator.ts'
import { pipelineShape } from './pipeline-schema.ts'

/** The validator of the top of a pipeline file: made by the build beside this file, compiled now where the sources run. */
export async function pipelineValidator(): Promise<Validator> {
  if (import.meta.url.endsWith('.ts')) return compileValidator(pipelineShape)
  // By its public name: this module may stand in another package's bundle.
  const built = '@sillage/spec/pipeline-validator'
  const module = (await import(built)) as { readonly default: Validator }
  return module.default
}
