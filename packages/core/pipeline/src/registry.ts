import { readFileSync } from 'node:fs'
import { pathToFileURL } from 'node:url'
import type { Manifest } from '@sillage/sdk'
import { compileValidator, type Validator } from './compile-validator.ts'
import type { KnownPlugin } from './pipeline.ts'

/** The plugins that a project may use, by name. */
export type Registry = ReadonlyMap<string, KnownPlugin>

/** Reads manifests (absolute paths), then adds plugins of the project's own. */
export function makeRegistry(manifests: readonly string[], own: readonly KnownPlugin[] = []): Registry {
  const known = manifests.flatMap((file) => {
    const { plugins } = JSON.parse(readFileSync(file, 'utf8')) as Manifest
    const base = pathToFileURL(file)
    return plugins.map(
      (plugin): KnownPlugin => ({ ...plugin, proven: true, url: new URL(plugin.module, base).href }),
    )
  })
  return new Map([...known, ...own].map((plugin) => [plugin.name, plugin]))
}

/** The validator of a plugin's configuration: the one that its build made, else compiled now. */
export async function validatorOf(plugin: KnownPlugin): Promise<Validator> {
  if (plugin.validator === undefined) return compileValidator(plugin.config)
  const module = (await import(new URL(plugin.validator, plugin.url).href)) as { readonly default: Validator }
  return module.default
}
