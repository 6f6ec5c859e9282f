import { readFileSync } from 'node:fs'
import { pathToFileURL } from 'node:url'
import { exitCode, SillageError } from '@sillage/base'
import { contractVersion, type Manifest, stages } from '@sillage/sdk'
import { compileValidator, type Validator } from './compile-validator.ts'
import type { ConnectionTypes, KnownConnection } from './connection-shape.ts'
import type { KnownPlugin } from './pipeline.ts'

/** The plugins that a project may use, by name. */
export type Registry = ReadonlyMap<string, KnownPlugin>

/** Reads manifests (absolute paths), in the order of the stages, then adds plugins of the project's own. Throws `plugin_contract_newer`. */
export function makeRegistry(manifests: readonly string[], own: readonly KnownPlugin[] = []): Registry {
  const known = manifests.flatMap((file) => {
    const base = pathToFileURL(file)
    return readManifest(file).plugins.map(
      (plugin): KnownPlugin => ({ ...plugin, proven: true, url: new URL(plugin.module, base).href }),
    )
  })
  return new Map([...known.sort(byStage), ...own].map((plugin) => [plugin.name, plugin]))
}

/** Reads the definitions of connections from manifests (absolute paths), then adds the project's own. */
export function connectionTypes(
  manifests: readonly string[],
  own: readonly KnownConnection[] = [],
): ConnectionTypes {
  const known = manifests.flatMap((file) => {
    const base = pathToFileURL(file)
    const { connections = [] } = readManifest(file)
    return connections.map((one): KnownConnection => ({ ...one, url: new URL(one.module, base).href }))
  })
  return new Map([...known, ...own].map((one) => [one.name, one]))
}

/** Of names of packages, those that hold plugins of ours: a family, or a connector. */
export function pluginPackages(names: readonly string[]): readonly string[] {
  const pattern = new RegExp(`^@sillage/(${stages.join('|')}|connector-.+)$`)
  return names.filter((name) => pattern.test(name)).sort()
}

function readManifest(file: string): Pick<Manifest, 'contract' | 'plugins'> & Partial<Manifest> {
  const manifest = JSON.parse(readFileSync(file, 'utf8')) as Manifest
  if (manifest.contract > contractVersion)
    throw new SillageError({
      code: 'plugin_contract_newer',
      message: `${file} is of contract ${manifest.contract} of plugins; this Sillage speaks ${contractVersion}`,
      hint: 'update Sillage, or install an older version of that package',
      exit: exitCode.invalid,
    })
  return manifest
}

function byStage(first: KnownPlugin, second: KnownPlugin): number {
  return (
    stageOf(first) - stageOf(second) || (first.name < second.name ? -1 : Number(first.name > second.name))
  )
}

function stageOf({ name }: KnownPlugin): number {
  return stages.findIndex((stage) => name.startsWith(`${stage}/`))
}

/** The validator of a configuration, of a plugin or of a connection: the one that its build made, else compiled now. */
export async function validatorOf(
  plugin: Pick<KnownPlugin, 'validator' | 'config' | 'url'>,
): Promise<Validator> {
  if (plugin.validator === undefined) return compileValidator(plugin.config)
  const module = (await import(new URL(plugin.validator, plugin.url).href)) as { readonly default: Validator }
  return module.default
}
