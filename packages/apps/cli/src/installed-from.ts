import { existsSync, readFileSync, realpathSync } from 'node:fs'
import { dirname, join, relative, resolve } from 'node:path'
import { fileURLToPath } from 'node:url'

const name = '@sillage/cli'

/**
 * The `package.json` of a new project, which names the file that this command was installed from, so that `npm install` there never asks
 * the public registry for a package of our name. Of a checkout that is the file that `npm run pack` makes.
 */
export function projectPackage({
  folder,
  called,
}: {
  /** Absolute folder of the project. */
  readonly folder: string
  readonly called: string
}): string {
  const file = installedFrom()
  const path = relative(realest(folder), file).replaceAll('\\', '/')
  return `${JSON.stringify(
    { name: called, private: true, type: 'module', dependencies: { [name]: `file:${path}` } },
    null,
    2,
  )}\n`
}

/** Absolute path of the file. */
function installedFrom(): string {
  const folder = dirname(dirname(fileURLToPath(import.meta.resolve(`${name}/bin`))))
  const root = resolve(folder, '../../..')
  const isInstalled = folder.replaceAll('\\', '/').endsWith(`/node_modules/${name}`)
  const spec = isInstalled ? (askedFor(root) ?? resolvedTo(root)) : undefined
  if (spec?.startsWith('file:')) return resolve(root, spec.slice('file:'.length))
  const { version } = readJson<{ version: string }>(join(folder, 'package.json'))!
  return join(realest(root), `sillage-cli-${version}.tgz`)
}

function askedFor(root: string): string | undefined {
  const { dependencies = {}, devDependencies = {} } =
    readJson<Readonly<Record<string, Readonly<Record<string, string>> | undefined>>>(
      join(root, 'package.json'),
    ) ?? {}
  return dependencies[name] ?? devDependencies[name]
}

function resolvedTo(root: string): string | undefined {
  const lock = readJson<{ readonly packages?: Readonly<Record<string, { readonly resolved?: string }>> }>(
    join(root, 'node_modules/.package-lock.json'),
  )
  return lock?.packages?.[`node_modules/${name}`]?.resolved
}

function readJson<T>(file: string): T | undefined {
  return existsSync(file) ? (JSON.parse(readFileSync(file, 'utf8')) as T) : undefined
}

/** A folder by its own name, links followed as far as it exists. */
function realest(folder: string): string {
  if (existsSync(folder)) return realpathSync(folder)
  return dirname(folder) === folder
    ? folder
    : join(realest(dirname(folder)), folder.slice(dirname(folder).length))
}
