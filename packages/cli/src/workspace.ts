import { existsSync, readFileSync, statSync } from 'node:fs'
import { dirname, join, resolve } from 'node:path'
import { fileURLToPath } from 'node:url'
import { didYouMean, exitCode, SillageError } from '@sillage/base'
import {
  type BrokenPlugin,
  findProject,
  makeRegistry,
  type Project,
  type ReadPipeline,
  type Registry,
  readPipeline,
} from '@sillage/spec'

/** Plugin packages that come with Sillage. */
const builtIn = ['collect', 'clean', 'enrich', 'segment', 'score', 'predict', 'activate']

/** A project with its plugins. */
export interface Workspace {
  readonly project: Project
  readonly registry: Registry
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
    ...(await readPipeline({ file, ...workspace, env: process.env, params, ...day })),
  }
}

/** The environment that `--env` or `SILLAGE_ENV` names. */
function environmentName(): string | undefined {
  return process.env.SILLAGE_ENV || undefined
}

export async function openWorkspace(folder: string): Promise<Workspace> {
  const project = await findProject(folder, environmentName())
  const manifests = builtIn.flatMap((name) => resolveManifest(`@sillage/${name}`))
  const packages = project.plugins.filter((plugin) => !plugin.startsWith('.'))
  const files = project.plugins.filter((plugin) => plugin.startsWith('.'))
  const installed = [...manifests, ...packages.flatMap((name) => resolvePackage(name, project.folder))]
  const registry = makeRegistry(installed)
  if (files.length === 0) return { project, registry, broken: [] }
  const { loadOwnPlugins } = await import('./own-plugins.ts')
  const { plugins, broken } = await loadOwnPlugins({
    folder: project.folder,
    patterns: files,
    loadMs: project.limits.loadMs,
    taken: new Set(registry.keys()),
  })
  return { project, registry: makeRegistry(installed, plugins), broken }
}

function resolveManifest(name: string): readonly string[] {
  const file = fileURLToPath(import.meta.resolve(`${name}/manifest.json`))
  return existsSync(file) ? [file] : []
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
      exit: exitCode.invalid,
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
  const known = await pipelinesOf(await findProject(process.cwd(), environmentName()))
  if (argument === undefined) {
    if (known.length === 1) return known[0]!.file
    throw new SillageError({
      code: 'pipeline_unnamed',
      message: known.length === 0 ? 'There is no pipeline here' : 'Which pipeline?',
      hint: known.length === 0 ? '`sillage init` makes one' : known.map((one) => one.name).join(', '),
      exit: exitCode.usage,
    })
  }
  const found = known.find((one) => one.name === argument)
  if (!found)
    throw new SillageError({
      code: 'pipeline_unknown',
      message: `There is no pipeline or file "${argument}"`,
      hint:
        didYouMean(
          argument,
          known.map((one) => one.name),
        ) ?? '`sillage init` makes one',
      exit: exitCode.usage,
    })
  return found.file
}

/** Pipelines that the project's globs find, by the name that they give themselves. */
export async function pipelinesOf(
  project: Project,
): Promise<readonly (PipelineHead & { readonly name: string; readonly file: string })[]> {
  const { glob } = await import('tinyglobby')
  const files = await glob([...project.pipelines], {
    cwd: project.folder,
    absolute: true,
    ignore: ['**/node_modules/**', '**/sillage.yaml'],
  })
  return files.sort().flatMap((file) => {
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
