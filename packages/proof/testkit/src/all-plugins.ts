import { existsSync, readdirSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { type ConnectionTypes, connectionTypes, type KnownPlugin, makeRegistry } from '@sillage/pipeline'

const root = join(dirname(fileURLToPath(import.meta.url)), '../../../..')

/** The plugins of this repository as they are built, found by their manifests and imported by nobody. */
export function allPlugins(): ReadonlyMap<string, KnownPlugin> {
  return makeRegistry(manifests())
}

/** The definitions of connections that its packages bring. */
export function allConnectionTypes(): ConnectionTypes {
  return connectionTypes(manifests())
}

function manifests(): readonly string[] {
  return ['plugins', 'plugins/connectors']
    .flatMap((folder) => readdirSync(join(root, folder)).map((name) => join(root, folder, name)))
    .map((folder) => join(folder, 'dist/manifest.json'))
    .filter((file) => existsSync(file))
}
