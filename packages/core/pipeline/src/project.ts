import { existsSync, readFileSync } from 'node:fs'
import { dirname, join, resolve } from 'node:path'
import { invalidInput } from '@sillage/base'
import { checkShape } from './check-shape.ts'
import type { ConnectionText } from './connection-shape.ts'
import { type DeclaredConnection, declaredConnections } from './connections.ts'
import {
  checkDuration,
  checkEnvironments,
  type EnvironmentText,
  environmentUnknown,
  type OnFailure,
  type Places,
  placesOf,
  reasonNotToSend,
} from './environment.ts'
import { checkInbox, type InboxText } from './inbox.ts'
import { checkLimits, type Limits, type LimitsText, limitsOf } from './limits.ts'
import { checkLineage, type LineageText } from './lineage.ts'
import { shapeValidator } from './shape-validators.ts'
import { parseYaml } from './yaml-source.ts'

/** The folder that holds a project's pipelines, caches, state and marts, with what `sillage.yaml` says. */
export interface Project {
  /** Absolute. */
  readonly folder: string
  /** Packages, or files such as `./plugins/shouting.ts`. */
  readonly plugins: readonly string[]
  /** Globs of pipeline files. */
  readonly pipelines: readonly string[]
  readonly memory?: string
  readonly keep?: number
  /** Where working databases, marts and state are: those of the environment. */
  readonly places: Places
  readonly environment?: string
  /** The environments that send, by name. */
  readonly sending?: readonly string[]
  /** Why no message leaves; absent where messages may. */
  readonly notSent?: string
  readonly onFailure?: OnFailure
  /** How old the last success of a pipeline may be, such as `26h`, unless the pipeline says. */
  readonly freshness?: string
  /** What `sillage serve` takes at `/collect`. */
  readonly inbox?: InboxText
  /** Where runs tell their lineage. */
  readonly lineage?: LineageText
  /** The connections of the project and of the environment, in that order. */
  readonly connections?: readonly DeclaredConnection[]
  /** What plugins may take. */
  readonly limits: Limits
}

interface ProjectText {
  readonly plugins?: readonly string[]
  readonly pipelines?: readonly string[]
  readonly memory?: string
  readonly keep?: number
  readonly environments?: Readonly<Record<string, EnvironmentText>>
  readonly on_failure?: OnFailure
  readonly freshness?: string
  readonly inbox?: InboxText
  readonly lineage?: LineageText
  readonly limits?: LimitsText
  readonly connections?: Readonly<Record<string, ConnectionText>>
}

/**
 * The project of a file or folder: the nearest `sillage.yaml` at or above it, else the folder itself; in the named environment.
 * Throws all errors of the file, and `environment_unknown`.
 */
export async function findProject(start: string, environment?: string): Promise<Project> {
  const origin = resolve(start)
  for (let folder = origin; ; folder = dirname(folder)) {
    const file = join(folder, 'sillage.yaml')
    if (existsSync(file)) return readProject({ folder, file, environment })
    if (dirname(folder) !== folder) continue
    if (environment !== undefined) throw environmentUnknown(environment, [])
    return {
      folder: origin,
      plugins: [],
      pipelines: usualPipelines,
      places: placesOf(origin),
      limits: limitsOf(),
    }
  }
}

const usualPipelines = ['pipelines/*/pipeline.yaml', '*.yaml']

async function readProject({
  folder,
  file,
  environment: name,
}: {
  readonly folder: string
  readonly file: string
  readonly environment: string | undefined
}): Promise<Project> {
  const source = parseYaml(readFileSync(file, 'utf8'), file)
  const value = source.value ?? {}
  const { locate } = source
  const found = source.diagnostics.length
    ? source.diagnostics
    : checkShape({ value, validate: await shapeValidator('project'), base: [], locate })
  if (found.length > 0) throw invalidInput(found)
  const text = value as ProjectText
  const { environments } = text
  const more = [
    ...checkEnvironments(environments ?? {}, folder, locate),
    ...checkDuration(text.freshness, ['freshness'], locate),
    ...(text.inbox === undefined ? [] : await checkInbox(text.inbox, locate)),
    ...checkLineage(text.lineage, ['lineage'], locate),
    ...checkLimits(text.limits ?? {}, locate),
  ]
  if (more.length > 0) throw invalidInput(more)
  const environment = name === undefined ? undefined : environments?.[name]
  if (name !== undefined && environment === undefined)
    throw environmentUnknown(name, Object.keys(environments ?? {}))
  const memory = environment?.memory ?? text.memory
  const notSent = reasonNotToSend(environments, name)
  const sending = Object.entries(environments ?? {}).flatMap(([other, { send }]) => (send ? [other] : []))
  const lineage = environment?.lineage ?? text.lineage
  const onFailure = environment?.on_failure ?? text.on_failure
  const connections = [
    ...declaredConnections(text.connections, { by: 'project', folder, path: ['connections'], locate }),
    ...declaredConnections(environment?.connections, {
      by: 'environment',
      folder,
      path: ['environments', String(name), 'connections'],
      locate,
    }),
  ]
  return {
    folder,
    plugins: text.plugins ?? [],
    pipelines: text.pipelines ?? usualPipelines,
    places: placesOf(folder, name, environment),
    limits: limitsOf(text.limits),
    ...(name === undefined ? {} : { environment: name }),
    ...(sending.length === 0 ? {} : { sending }),
    ...(memory === undefined ? {} : { memory }),
    ...(text.keep === undefined ? {} : { keep: text.keep }),
    ...(notSent === undefined ? {} : { notSent }),
    ...(onFailure === undefined ? {} : { onFailure }),
    ...(text.freshness === undefined ? {} : { freshness: text.freshness }),
    ...(text.inbox === undefined ? {} : { inbox: text.inbox }),
    ...(lineage === undefined ? {} : { lineage }),
    ...(connections.length === 0 ? {} : { connections }),
  }
}
