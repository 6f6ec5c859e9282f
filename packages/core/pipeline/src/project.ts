import { existsSync, readFileSync } from 'node:fs'
import { dirname, join, resolve } from 'node:path'
import { invalidInput } from '@sillage/base'
import { checkShape } from './check-shape.ts'
import type { ConnectionText } from './connection-shape.ts'
import { type DeclaredConnection, declaredConnections } from './connections.ts'
import {
  checkEnvironments,
  type EnvironmentText,
  environmentUnknown,
  reasonNotToSend,
} from './environment.ts'
import { checkLimits, type Limits, type LimitsText, limitsOf } from './limits.ts'
import { type Places, placesOf } from './places.ts'
import { checkProjectSections, projectSections } from './project-sections.ts'
import { noSections, type Sections } from './sections.ts'
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
  /** The connections of the project and of the environment, in that order. */
  readonly connections?: readonly DeclaredConnection[]
  /** What plugins may take. */
  readonly limits: Limits
  /** What the keys of apps say, those of the environment first; each is read by its app alone. */
  readonly sections: Readonly<Record<string, unknown>>
}

interface ProjectText extends Readonly<Record<string, unknown>> {
  readonly plugins?: readonly string[]
  readonly pipelines?: readonly string[]
  readonly memory?: string
  readonly keep?: number
  readonly environments?: Readonly<Record<string, EnvironmentText>>
  readonly limits?: LimitsText
  readonly connections?: Readonly<Record<string, ConnectionText>>
}

/**
 * The project of a file or folder: the nearest `sillage.yaml` at or above it, else the folder itself; in the named environment. Keys of
 * sections that are not given are unknown.
 * Throws all errors of the file, and `environment_unknown`.
 */
export async function findProject(
  start: string,
  {
    environment,
    sections = noSections,
  }: { readonly environment?: string | undefined; readonly sections?: Sections } = {},
): Promise<Project> {
  const origin = resolve(start)
  for (let folder = origin; ; folder = dirname(folder)) {
    const file = join(folder, 'sillage.yaml')
    if (existsSync(file)) return readProject({ folder, file, environment, sections })
    if (dirname(folder) !== folder) continue
    if (environment !== undefined) throw environmentUnknown(environment, [])
    return {
      folder: origin,
      plugins: [],
      pipelines: usualPipelines,
      places: placesOf(origin),
      limits: limitsOf(),
      sections: {},
    }
  }
}

const usualPipelines = ['pipelines/*/pipeline.yaml', '*.yaml']

async function readProject({
  folder,
  file,
  environment: name,
  sections,
}: {
  readonly folder: string
  readonly file: string
  readonly environment: string | undefined
  readonly sections: Sections
}): Promise<Project> {
  const source = parseYaml(readFileSync(file, 'utf8'), file)
  const value = source.value ?? {}
  const { locate } = source
  const found = source.diagnostics.length
    ? source.diagnostics
    : checkShape({ value, validate: await sections.validator('project'), base: [], locate })
  if (found.length > 0) throw invalidInput(found)
  const text = value as ProjectText
  const { environments } = text
  const more = [
    ...checkEnvironments(environments ?? {}, folder, locate),
    ...(await checkProjectSections(text, sections.all, locate)),
    ...checkLimits(text.limits ?? {}, locate),
  ]
  if (more.length > 0) throw invalidInput(more)
  const environment = name === undefined ? undefined : environments?.[name]
  if (name !== undefined && environment === undefined)
    throw environmentUnknown(name, Object.keys(environments ?? {}))
  const memory = environment?.memory ?? text.memory
  const notSent = reasonNotToSend(environments, name)
  const sending = Object.entries(environments ?? {}).flatMap(([other, { send }]) => (send ? [other] : []))
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
    sections: projectSections(text, environment, sections.all),
    ...(name === undefined ? {} : { environment: name }),
    ...(sending.length === 0 ? {} : { sending }),
    ...(memory === undefined ? {} : { memory }),
    ...(text.keep === undefined ? {} : { keep: text.keep }),
    ...(notSent === undefined ? {} : { notSent }),
    ...(connections.length === 0 ? {} : { connections }),
  }
}
