import { createHash } from 'node:crypto'
import { readdirSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { pathToFileURL } from 'node:url'
import type { JsonSchema } from './config.ts'
import type { PluginName, Stage, Style } from './plugin/common.ts'
import type { Plugin } from './plugin.ts'

/** What is known of a plugin without loading it. */
export interface PluginEntry {
  readonly name: PluginName
  readonly style: Style
  readonly summary: string
  readonly config: JsonSchema
  /** Roles of the inputs; empty for sources. */
  readonly inputs: Readonly<Record<string, string>>
  /** Further outputs. */
  readonly outputs: Readonly<Record<string, string>>
  /** File of the module, relative to the manifest. */
  readonly module: string
  /** File of the compiled validator of the configuration, relative to the module; absent where none was built. */
  readonly validator?: string
  /** Hash of the built module: part of the fingerprint of each step that uses it. */
  readonly hash: string
}

export interface Manifest {
  readonly stage: Stage
  readonly plugins: readonly PluginEntry[]
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
    inputs: plugin.style === 'source' ? {} : (plugin.inputs ?? { input: 'the rows' }),
    outputs: plugin.style === 'sql' ? (plugin.outputs ?? {}) : {},
    module,
    hash: createHash('sha256').update(source).digest('hex').slice(0, 16),
  }
}

/**
 * Writes `dist/manifest.json` of a plugin package from its built files: one file = one plugin, its default export. A built file holds
 * all of the code that makes the plugin what it is, but for packages from the registry: its hash is the plugin's.
 */
export async function writeManifest({
  folder,
  stage,
}: {
  readonly folder: string
  readonly stage: Stage
}): Promise<readonly PluginEntry[]> {
  const dist = join(folder, 'dist')
  const files = readdirSync(join(folder, 'src')).filter(
    (file) => file.endsWith('.ts') && !file.endsWith('.test.ts'),
  )
  const plugins: PluginEntry[] = []
  for (const file of files.sort()) {
    const module = file.replace(/\.ts$/, '.js')
    const { default: plugin } = (await import(pathToFileURL(join(dist, module)).href)) as { default?: Plugin }
    const expected = `${stage}/${module.replace(/\.js$/, '')}`
    if (plugin?.name !== expected)
      throw new Error(`${join(folder, 'src', file)} must export default a plugin named ${expected}`)
    const entry = describe({
      plugin,
      module: `./${module}`,
      source: readFileSync(join(dist, module), 'utf8'),
    })
    plugins.push({ ...entry, validator: `./validators/${module}` })
  }
  writeFileSync(
    join(dist, 'manifest.json'),
    `${JSON.stringify({ stage, plugins } satisfies Manifest, null, 1)}\n`,
  )
  return plugins
}
