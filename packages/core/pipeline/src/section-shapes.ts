import type { JsonSchema } from '@sillage/sdk'
import type { Section } from './section.ts'

/** The shapes of the sections that have a key at a place, by key. */
export function sectionShapes<S extends JsonSchema>(
  sections: readonly Section[],
  at: (section: Section) => { readonly shape: S } | undefined,
): Readonly<Record<string, S>> {
  return Object.fromEntries(
    sections.flatMap((section) => {
      const place = at(section)
      return place ? [[section.key, place.shape]] : []
    }),
  )
}
