import { existsSync, readdirSync, readFileSync, realpathSync, statSync } from 'node:fs'
import { basename, dirname, join, relative, resolve } from 'node:path'
import { fileURLToPath } from 'node:url'
import { didYouMean, SillageError } from '@sillage/base'
import {
  type BrokenPlugin,
  type ConnectionTypes,
  connectionTypes,
  findProject,
  makeRegistry,
  type Project,
  pluginPackages,
  type ReadPipeline,
  type Registry,
  readPipeline,
} from '@sillage/pipeline'
import { sections } from './sections.ts'

/** A project with its plugins. */
export interface Workspace {
  readonly project: Project
  readonly registry: Registry
  readonly connectionTypes: ConnectionTypes
  /** Files of the project that give no plugin. */
  readonly broken: readonly BrokenPlugin[]
}

export interface OpenedPipeline extends Workspace, ReadPipeline {
  readonly file: string
}

/** Which day a pipeline is opened as of. */
export interface AskedDay {
  /** Of `--as-of`. */
  readonly asOf?: string | undefined
  /** The clock, where the pipeline is run or a run is planned. */
  readonly now?: Date
}

/** Opens a pipeline by file, folder or name; without an argument the only pipeline of the current project. */
export async function openPipeline(
  argument: string | undefined,
  params: Readonly<Record<string, string>>,
  day: AskedDay = {},
): Promise<OpenedPipeline> {
  const file = await findPipeline(argument)
  const workspace = await openWorkspace(dirname(file))
  return {
    ...workspace,
    file,
    ...(await readPipeline({ file, ...workspace, sections, env: process.env, params, ...day })),
  }
}

/** The project of a folder, in the environment that `--env` or `SILLAGE_ENV` names. */
export async function openProject(folder: string): Promise<Project> {
  return findProject(folder, { environment: process.env.SILLAGE_ENV || undefined, sections })
}

export async function openWorkspace(folder: string): Promise<Workspace> {
  const project = await openProject(folder)
  const packages = project.plugins.filter((plugin) => !plugin.startsWith('.'))
  const files = project.plugins.filter((plugin) => plugin.startsWith('.'))
  const installed = [...builtIn(), ...packages.flatMap((name) => resolvePackage(name, project.folder))]
  const registry = makeRegistry(installed)
  if (files.length === 0)
    return { project, registry, connectionTypes: connectionTypes(installed), broken: [] }
  const { loadOwnPlugins } = await import('./own-plugins.ts')
  const { plugins, connections, broken } = await loadOwnPlugins({
    folder: project.folder,
    patterns: files,
    loadMs: project.limits.loadMs,
    taken: new Set(registry.keys()),
  })
  return {
    project,
    registry: makeRegistry(installed, plugins),
    connectionTypes: connectionTypes(installed, connections),
    broken,
  }
}

/** Manifests of the plugin packages that come with Sillage: those that stand beside the other packages of the command line. */
function builtIn(): readonly string[] {
  const folder = dirname(dirname(fileURLToPath(import.meta.resolve('@sillage/cli/bin'))))
  const ours = packagesOf(folder)
  return pluginPackages(readdirSync(ours).map((name) => `@sillage/${name}`))
    .map((name) => join(ours, '..', name, 'dist', 'manifest.json'))
    .filter((file) => existsSync(file))
    .map((file) => realpathSync(file))
}

/** The folder in which the packages of the command line are installed: its own, or that of the checkout. */
function packagesOf(folder: string): string {
  const place = join(folder, 'node_modules', '@sillage')
  return existsSync(place) || dirname(folder) === folder ? place : packagesOf(dirname(folder))
}

function resolvePackage(name: string, folder: string): readonly string[] {
  const file = join(folder, 'node_modules', name, 'dist', 'manifest.json')
  if (!existsSync(file))
    throw new SillageError({
      code: 'plugin_package_missing',
      message: `The plugin package "${name}" is not installed`,
      hint: /[*?]|\.[cm]?[jt]s$/.test(name)
        ? `files of the project begin with a point: write "./${name}"`
        : `run npm install ${name} in ${folder}, or remove it from sillage.yaml`,
    })
  return [file]
}

async function findPipeline(argument: string | undefined): Promise<string> {
  if (argument !== undefined) {
    const path = resolve(argument)
    if (existsSync(path) && statSync(path).isDirectory() && existsSync(join(path, 'pipeline.yaml')))
      return join(path, 'pipeline.yaml')
    if (existsSync(path) || /[./\\]/.test(argument)) return path
  }
  const project = await openProject(process.cwd())
  const known = await pipelinesOf(project)
  const unnamed = await withoutName(project)
  if (argument === undefined) {
    if (known.length === 1) return known[0]!.file
    // Read all the same, for what is wrong with it.
    if (known.length === 0 && unnamed.length === 1) return unnamed[0]!
    throw new SillageError({
      code: 'pipeline_unnamed',
      message:
        known.length > 0
          ? 'Which pipeline?'
          : unnamed.length > 0
            ? `None of these says what it is called: ${unnamed.map((file) => relative(project.folder, file)).join(', ')}`
            : 'There is no pipeline here',
      hint:
        known.length > 0
          ? known.map((one) => one.name).join(', ')
          : unnamed.length > 0
            ? 'begin each with pipeline: <name>'
            : '`sillage init` makes one',
    })
  }
  const broken = unnamed.find((file) => basename(dirname(file)) === argument)
  const found = known.find((one) => one.name === argument) ?? (broken && { file: broken })
  if (!found)
    throw new SillageError({
      code: 'pipeline_unknown',
      message: `There is no pipeline or file "${argument}"`,
      hint:
        didYouMean(
          argument,
          known.map((one) => one.name),
        ) ?? '`sillage init` makes one',
    })
  return found.file
}

/** Files called pipeline.yaml that do not say what they are called. */
async function withoutName(project: Project): Promise<readonly string[]> {
  const files = await pipelineFiles(project)
  return files.filter((file) => basename(file) === 'pipeline.yaml' && headOf(file).name === undefined)
}

async function pipelineFiles({ folder, pipelines }: Project): Promise<readonly string[]> {
  const { glob } = await import('tinyglobby')
  const ignore = ['**/node_modules/**', '**/sillage.yaml']
  return (await glob([...pipelines], { cwd: folder, absolute: true, ignore })).sort()
}

/** Pipelines that the project's globs find, by the name that they give themselves. */
export async function pipelinesOf(
  project: Project,
): Promise<readonly (PipelineHead & { readonly name: string; readonly file: string })[]> {
  return (await pipelineFiles(project)).flatMap((file) => {
    const { name, ...head } = headOf(file)
    return name === undefined ? [] : [{ ...head, name, file }]
  })
}

/** What the top of a pipeline file says, also where the rest has errors. */
export interface PipelineHead {
  readonly name?: string
  readonly freshness?: string
  readonly schedule?: string
}

export function headOf(file: string): PipelineHead {
  const text = readFileSync(file, 'utf8')
  const name = /^pipeline:\s*["']?([\w-]+)/m.exec(text)?.[1]
  const freshness = /^freshness:\s*["']?([\w.]+)/m.exec(text)?.[1]
  const schedule = /^schedule:\s*(?:"([^"\n]*)"|'([^'\n]*)'|([^#\n]*))/m.exec(text)?.slice(1).find(Boolean)
  return {
    ...(name === undefined ? {} : { name }),
    ...(freshness === undefined ? {} : { freshness }),
    ...(schedule === undefined ? {} : { schedule: schedule.trim() }),
  }
}
