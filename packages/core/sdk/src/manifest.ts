import { createHash } from 'node:crypto'
import { existsSync, readdirSync, readFileSync, writeFileSync } from 'node:fs'
import { basename, join } from 'node:path'
import { pathToFileURL } from 'node:url'
import type { JsonSchema } from './config.ts'
import type { Connected, Connection, ConnectionEntry, ConnectionNeed } from './connection/connection.ts'
import { type PluginName, type Stage, stages } from './plugin/common.ts'
import type { Plugin, Style } from './plugin.ts'

/** What is known of a plugin without loading it. */
export interface PluginEntry {
  readonly name: PluginName
  readonly style: Style
  readonly summary: string
  readonly config: JsonSchema
  /** Roles of the inputs; empty for sources. */
  readonly inputs: Readonly<Record<string, string>>
  /** Description of the inputs whose roles the pipeline names; absent if all are known. */
  readonly openInputs?: string
  /** Further outputs. */
  readonly outputs: Readonly<Record<string, string>>
  /** The connections that it accepts; absent if it accepts none. */
  readonly connection?: ConnectionNeed
  /** File of the module, relative to the manifest. */
  readonly module: string
  /** File of the compiled validator of the configuration, relative to the module; absent where none was built. */
  readonly validator?: string
  /** Hash of the built module: part of the fingerprint of each step that uses it. */
  readonly hash: string
}

/** The version of the contract between the engine and plugin packages: the shape of manifests and what plugins are handed. */
export const contractVersion = 1

/** The plugins of a package, of any stage. */
export interface Manifest {
  /** The contract that the package was built for. */
  readonly contract: number
  readonly plugins: readonly PluginEntry[]
  /** Definitions of connections. */
  readonly connections: readonly ConnectionEntry[]
}

/** Describes a loaded plugin. `module` is its file as the manifest names it. */
export function describe({
  plugin,
  module,
  source,
}: {
  readonly plugin: Plugin
  readonly module: string
  readonly source: string
}): PluginEntry {
  return {
    name: plugin.name,
    style: plugin.style,
    summary: plugin.summary,
    config: plugin.config,
    ...inputsOf(plugin),
    outputs: 'outputs' in plugin ? (plugin.outputs ?? {}) : {},
    ...needOf(plugin),
    module,
    hash: createHash('sha256').update(source).digest('hex').slice(0, 16),
  }
}

function inputsOf(plugin: Plugin): Pick<PluginEntry, 'inputs' | 'openInputs'> {
  if (plugin.style === 'source') return { inputs: {} }
  const { inputs, openInputs } = plugin
  if (openInputs === undefined) return { inputs: inputs ?? { input: 'the rows' } }
  return { inputs: inputs ?? {}, openInputs }
}

function needOf(plugin: Plugin): { readonly connection?: ConnectionNeed } {
  const { connection, needsConnection = false } = plugin as Connected
  return connection === undefined ? {} : { connection: { types: connection, required: needsConnection } }
}

/** Describes a loaded definition of a connection. */
export function describeConnection(
  { name, roles = [], summary, config }: Connection,
  module: string,
): ConnectionEntry {
  return { name, roles, summary, config, module }
}

/** A plugin by its file: `src/<name>.ts` in a package of one stage, `src/<stage>/<name>.ts` in a connector. */
export interface PluginFile {
  readonly name: PluginName
  /** Built file, relative to the manifest. */
  readonly module: string
}

/** The definition of a connection of a package, where it has one: a built file, relative to the manifest. */
export function connectionFile(folder: string): string | undefined {
  return existsSync(join(folder, 'src', 'connection.ts')) ? './connection.js' : undefined
}

/** The plugins of a package by their files; without `stage` those of all stages, each in its folder. */
export function pluginFiles(folder: string, stage?: Stage): readonly PluginFile[] {
  const places =
    stage === undefined
      ? stages.map((family) => ({ family, inside: `${family}/` }))
      : [{ family: stage, inside: '' }]
  return places.flatMap(({ family, inside }) => {
    const place = join(folder, 'src', inside)
    if (!existsSync(place)) return []
    return readdirSync(place)
      .filter((file) => file.endsWith('.ts') && !file.endsWith('.test.ts'))
      .sort()
      .map((file) => basename(file, '.ts'))
      .map((verb) => ({ name: `${family}/${verb}` as const, module: `./${inside}${verb}.js` }))
  })
}

/**
 * Writes `dist/manifest.json` of a package from its built files: one file = one plugin, its default export. A built file contains
 * all code of the plugin except packages from the registry: its hash is the plugin's.
 */
export async function writeManifest({
  folder,
  files,
  connection,
}: {
  readonly folder: string
  readonly files: readonly PluginFile[]
  readonly connection: string | undefined
}): Promise<Manifest> {
  const dist = join(folder, 'dist')
  const plugins: PluginEntry[] = []
  for (const { name, module } of files) {
    const built = join(dist, module)
    const { default: plugin } = (await import(pathToFileURL(built).href)) as { default?: Plugin }
    if (plugin?.name !== name)
      throw new Error(`the file of ${name} in ${folder} must export default a plugin of that name`)
    const entry = describe({ plugin, module, source: readFileSync(built, 'utf8') })
    plugins.push({ ...entry, validator: `./validators/${basename(module)}` })
  }
  const manifest: Manifest = {
    contract: contractVersion,
    plugins,
    connections: connection === undefined ? [] : [await connectionEntry(dist, connection)],
  }
  writeFileSync(join(dist, 'manifest.json'), `${JSON.stringify(manifest, null, 1)}\n`)
  return manifest
}

async function connectionEntry(dist: string, module: string): Promise<ConnectionEntry> {
  const { default: definition } = (await import(pathToFileURL(join(dist, module)).href)) as {
    readonly default?: Connection
  }
  if (definition?.style !== 'connection')
    throw new Error(`${join(dist, module)} must export default what defineConnection gives`)
  return { ...describeConnection(definition, module), validator: `./validators/${basename(module)}` }
}
