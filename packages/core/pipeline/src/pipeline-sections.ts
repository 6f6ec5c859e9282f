import type { Diagnostic } from '@sillage/base'
import type { Section } from './section.ts'
import type { Locator } from './yaml-source.ts'

type Text = Readonly<Record<string, unknown>>

interface CheckFacts {
  readonly text: Text
  readonly sections: readonly Section[]
  /** True where the shape of the whole file is right. */
  readonly isShaped: boolean
  readonly marts: readonly string[]
  readonly locate: Locator
}

/** What the sections of a pipeline file find in their texts. */
export async function checkPipelineSections({
  text,
  sections,
  isShaped,
  marts,
  locate,
}: CheckFacts): Promise<readonly Diagnostic[]> {
  const found = await Promise.all(
    sections.map(async ({ key, pipeline }) =>
      pipeline?.check && text[key] !== undefined && (isShaped || pipeline.checksAnyText)
        ? await pipeline.check(text[key], { marts, locate })
        : [],
    ),
  )
  return found.flat()
}

/** The values of the sections that a pipeline file has, by key. */
export function pipelineSections(text: Text, sections: readonly Section[]): Text {
  return Object.fromEntries(
    sections.flatMap(({ key, pipeline }) =>
      pipeline && text[key] !== undefined
        ? [[key, pipeline.read ? pipeline.read(text[key]) : text[key]]]
        : [],
    ),
  )
}
