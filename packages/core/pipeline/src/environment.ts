import { join, resolve } from 'node:path'
import { type Diagnostic, diagnostic, didYouMean, exitCode, parseDuration, SillageError } from '@sillage/base'
import type { JsonSchema } from '@sillage/sdk'
import { type ConnectionText, connectionsShape } from './connection-shape.ts'
import { checkLineage, type LineageText, lineageShape } from './lineage.ts'
import type { Locator } from './yaml-source.ts'

/** Where a project keeps its things; an environment has its own. Absolute folders. */
export interface Places {
  /** Working databases, journals and caches. */
  readonly work: string
  readonly marts: string
  /** What cannot be computed again, of this environment. */
  readonly state: string
  /** Who asked to be forgotten: the same list in every environment. */
  readonly suppressions: string
  readonly secrets: string
  /** Below which files of an environment that does not send are written; absent where they go where the pipeline says. */
  readonly outputs?: string
}

/** Whom to tell that a run failed. Neither is given a value of a customer. */
export interface OnFailure {
  /** Where a JSON message is posted; `${secret:x}` is replaced. */
  readonly webhook?: string
  /** A line for the shell, with `SILLAGE_PIPELINE`, `SILLAGE_RUN` and others set. */
  readonly command?: string
}

export interface EnvironmentText {
  readonly work?: string
  readonly marts?: string
  readonly state?: string
  readonly secrets?: string
  readonly outputs?: string
  readonly memory?: string
  readonly send?: boolean
  readonly on_failure?: OnFailure
  readonly lineage?: LineageText
  readonly connections?: Readonly<Record<string, ConnectionText>>
}

const text = (description: string): JsonSchema => ({ type: 'string', minLength: 1, description })

export const onFailureShape: JsonSchema = {
  type: 'object',
  properties: {
    webhook: text('Where a JSON message is posted; ${secret:x} is replaced.'),
    command: text('A line for the shell.'),
  },
  required: [],
  additionalProperties: false,
  minProperties: 1,
} as JsonSchema

export const environmentShape: JsonSchema = {
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
    on_failure: onFailureShape,
    lineage: lineageShape,
    connections: connectionsShape,
  },
  required: [],
  additionalProperties: false,
} as JsonSchema

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
    const shared = (['work', 'marts', 'state', 'outputs'] as const).flatMap((what) => {
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
    return [...shared, ...checkLineage(environment.lineage, [...path, 'lineage'], locate)]
  })
}

/** Where things are kept: today's places without an environment, places of its own with one. */
export function placesOf(folder: string, name?: string, environment: EnvironmentText = {}): Places {
  const own = (given: string | undefined, usual: string): string => resolve(folder, given ?? usual)
  return {
    work: own(environment.work, name === undefined ? '.sillage' : join('.sillage', `@${name}`)),
    marts: own(environment.marts, name === undefined ? 'marts' : join('marts', name)),
    state: own(environment.state, name === undefined ? 'state' : join('state', `@${name}`)),
    suppressions: resolve(folder, 'state'),
    secrets: own(environment.secrets, 'secrets'),
    ...(name === undefined || environment.send === true
      ? {}
      : { outputs: own(environment.outputs, join('outputs', `@${name}`)) }),
  }
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
    exit: exitCode.usage,
  })
}

/** A duration such as `26h`, checked. */
export function checkDuration(
  value: string | undefined,
  path: readonly string[],
  locate: Locator,
): readonly Diagnostic[] {
  if (value === undefined || parseDuration(String(value)) !== undefined) return []
  return [
    diagnostic({
      code: 'duration_invalid',
      message: `"${path.at(-1)}" cannot be ${JSON.stringify(value)}`,
      span: locate.value(path),
      hint: 'write it as 26h, 90m or 7d',
    }),
  ]
}
