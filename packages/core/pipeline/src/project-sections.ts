import type { Diagnostic } from '@sillage/base'
import type { Section } from './section.ts'
import type { Locator, YamlPath } from './yaml-source.ts'

type Text = Readonly<Record<string, unknown>>

type ProjectText = Text & { readonly environments?: Readonly<Record<string, Text>> }

/** What the sections of `sillage.yaml` find in their texts, also in those of environments. */
export async function checkProjectSections(
  text: ProjectText,
  sections: readonly Section[],
  locate: Locator,
): Promise<readonly Diagnostic[]> {
  const found = sections.flatMap(({ key, project }) =>
    placesOf(key, project?.inEnvironments ? text : { [key]: text[key] }).map(({ value, path }) =>
      project?.check?.(value, { path, locate }),
    ),
  )
  return (await Promise.all(found)).flatMap((one) => one ?? [])
}

/** The values of the sections, by key: that of the environment, else that of the project. */
export function projectSections(
  text: ProjectText,
  environment: Text | undefined,
  sections: readonly Section[],
): Text {
  return Object.fromEntries(
    sections.flatMap(({ key, project }) => {
      const value = project && (environment?.[key] ?? text[key])
      return value === undefined ? [] : [[key, value]]
    }),
  )
}

/** Where a key stands: in environments, then at the top. */
function placesOf(
  key: string,
  { environments = {}, ...text }: ProjectText,
): readonly { readonly value: unknown; readonly path: YamlPath }[] {
  const all = [
    ...Object.entries(environments).map(([name, own]) => ({
      value: own[key],
      path: ['environments', name, key],
    })),
    { value: text[key], path: [key] },
  ]
  return all.filter(({ value }) => value !== undefined)
}
