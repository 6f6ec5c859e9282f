import { type Diagnostic, diagnostic, didYouMean, SillageError } from '@sillage/base'
import type { JsonSchema } from '@sillage/sdk'
import { type ConnectionText, connectionsShape } from './connection-shape.ts'
import { type PlacesText, placesOf } from './places.ts'
import type { Section } from './section.ts'
import { sectionShapes } from './section-shapes.ts'
import type { Locator } from './yaml-source.ts'

/** An environment as sillage.yaml has it, with the keys of sections that it may have too. */
export interface EnvironmentText extends PlacesText, Readonly<Record<string, unknown>> {
  readonly memory?: string
  readonly connections?: Readonly<Record<string, ConnectionText>>
}

const text = (description: string): JsonSchema => ({ type: 'string', minLength: 1, description })

/** The shape of an environment with these sections. */
export const environmentShape = (sections: readonly Section[]): JsonSchema => ({
  type: 'object',
  properties: {
    work: text('Folder of working databases and journals; .sillage/@<name> unless said.'),
    marts: text('Folder of the marts; marts/<name> unless said.'),
    state: text('Folder of receipts; state/@<name> unless said.'),
    secrets: text('Folder of secrets, one file each; secrets unless said.'),
    outputs: text(
      'Folder below which files are written where the environment does not send; outputs/@<name> unless said.',
    ),
    memory: text('One budget for DuckDB, Arrow and workers, such as 1GB.'),
    send: {
      type: 'boolean',
      description:
        'True where messages may leave, and files are written where the pipeline says; otherwise nothing is sent.',
    },
    connections: connectionsShape,
    ...sectionShapes(sections, ({ project }) => (project?.inEnvironments ? project : undefined)),
  },
  required: [],
  additionalProperties: false,
})

const namePattern = /^[a-z][a-z0-9-]{0,30}$/

/** What a schema cannot say: names, and that no two environments write to one place. */
export function checkEnvironments(
  environments: Readonly<Record<string, EnvironmentText>>,
  folder: string,
  locate: Locator,
): readonly Diagnostic[] {
  const taken = new Map<string, string>()
  return Object.entries(environments).flatMap(([name, environment]) => {
    const path = ['environments', name]
    if (!namePattern.test(name))
      return [
        diagnostic({
          code: 'name_invalid',
          message: `"${name}" cannot name an environment`,
          span: locate.key(path),
          hint: 'lower-case letters, digits and hyphens, starting with a letter, at most 31',
        }),
      ]
    const places = placesOf(folder, name, environment)
    return (['work', 'marts', 'state', 'outputs'] as const).flatMap((what) => {
      if (places[what] === undefined) return []
      const key = `${what}:${places[what]}`
      const other = taken.get(key)
      if (other === undefined) {
        taken.set(key, name)
        return []
      }
      return [
        diagnostic({
          code: 'environments_share',
          message: `"${other}" and "${name}" have one folder for "${what}": each would take the other's for its own`,
          span: environment[what] === undefined ? locate.key(path) : locate.value([...path, what]),
          hint: `give each its own, or leave "${what}" out`,
        }),
      ]
    })
  })
}

/** Why nothing is sent; undefined where messages may leave. A project without environments sends, as it says. */
export function reasonNotToSend(
  environments: Readonly<Record<string, EnvironmentText>> | undefined,
  name: string | undefined,
): string | undefined {
  if (environments === undefined) return undefined
  if (name === undefined) return 'no environment was named (--env)'
  return environments[name]?.send === true ? undefined : `environment ${name} does not send`
}

export function environmentUnknown(name: string, known: readonly string[]): SillageError {
  return new SillageError({
    code: 'environment_unknown',
    message: `There is no environment "${name}" in sillage.yaml`,
    hint: didYouMean(name, known) ?? `add it: environments: { ${name}: { send: false } }`,
  })
}
