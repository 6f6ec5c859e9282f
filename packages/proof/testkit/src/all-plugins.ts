import { existsSync, readdirSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { type KnownPlugin, makeRegistry } from '@sillage/pipeline'

const root = join(dirname(fileURLToPath(import.meta.url)), '../../../..')

/** The plugins of this repository as they are built: found by their manifests, and imported by nobody. */
export function allPlugins(): ReadonlyMap<string, KnownPlugin> {
  const manifests = ['plugins', 'plugins/connectors']
    .flatMap((folder) => readdirSync(join(root, folder)).map((name) => join(root, folder, name)))
    .map((folder) => join(folder, 'dist/manifest.json'))
    .filter((file) => existsSync(file))
  return makeRegistry(manifests)
}
