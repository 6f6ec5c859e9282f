import { builtValidator, type Validator } from './compile-validator.ts'
import type { Section } from './section.ts'
import { type ShapeName, shapesOf } from './shapes.ts'

/** The sections that files may have, with the validators of the files' whole shapes. */
export interface Sections {
  readonly all: readonly Section[]
  readonly validator: (name: ShapeName) => Promise<Validator>
}

/** Joins sections; `built` imports the validator that a build made of their `shapesOf`. */
export function joinSections(
  all: readonly Section[],
  built: (name: ShapeName) => Promise<unknown>,
): Sections {
  return {
    all,
    validator: (name) =>
      builtValidator(
        () => shapesOf(all)[name],
        () => built(name),
      ),
  }
}

/** Files with what the engine itself reads, and nothing else. */
export const noSections: Sections = joinSections([], (name) => {
  // By its public name: this module may stand in another package's bundle.
  const built = `@sillage/pipeline/validators/${name}`
  return import(built)
})
