import { compileValidator, type Validator } from './compile-validator.ts'
import { pipelineShape } from './pipeline-schema.ts'

/** The validator of the top of a pipeline file: made by the build beside this file, compiled now where the sources run. */
export async function pipelineValidator(): Promise<Validator> {
  if (import.meta.url.endsWith('.ts')) return compileValidator(pipelineShape)
  const built = './pipeline.validator.js'
  const module = (await import(built)) as { readonly default: Validator }
  return module.default
}
