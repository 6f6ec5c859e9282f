import { createHash } from 'node:crypto'
import { existsSync, readFileSync, writeSync } from 'node:fs'
import { join, relative } from 'node:path'
import { pathToFileURL } from 'node:url'
import { answerOf, exitCode, messageOf, SillageError, writeWhole } from '@sillage/base'
import { describe, type Plugin, stages } from '@sillage/sdk'
import type { KnownPlugin } from '@sillage/spec'
import { endable } from './stop-on-signals.ts'

const namePattern = new RegExp(`^(${stages.join('|')})/[a-z][a-z0-9-]*$`)

/** Loads a project's own plugin files (`./plugins/*.ts`): built once to plain JavaScript, which the engine and its workers load alike. */
export async function loadOwnPlugins(
  folder: string,
  patterns: readonly string[],
): Promise<readonly KnownPlugin[]> {
  const { glob } = await import('tinyglobby')
  const files = (await glob([...patterns], { cwd: folder, absolute: true })).sort()
  const plugins = await Promise.all(files.map((file) => loadOwnPlugin(folder, file)))
  assertOneEach(plugins, files, folder)
  return plugins
}

/** The plugin with functions that a signal can end, for the main thread: it compiles them, and they may loop. */
export function endablePlugin(plugin: Plugin): Plugin {
  const parts = Object.entries(plugin).map(([name, part]: [string, unknown]) => [
    name,
    typeof part === 'function' ? (...facts: readonly unknown[]) => endable(() => part(...facts)) : part,
  ])
  return Object.fromEntries(parts) as Plugin
}

async function loadOwnPlugin(folder: string, file: string): Promise<KnownPlugin> {
  try {
    const built = builtBefore(folder, file) ?? (await build(folder, file))
    const url = pathToFileURL(built).href
    const { default: plugin } = await importAlive(url, relative(folder, file))
    if (typeof plugin?.name !== 'string' || typeof plugin.style !== 'string')
      throw new Error(
        'it has no default export made by defineSource, defineSql, defineBatch, defineModel or defineSink',
      )
    if (!namePattern.test(plugin.name))
      throw new Error(`its name "${plugin.name}" is not <stage>/<verb>, with a stage such as enrich`)
    return {
      ...describe({ plugin, module: built, source: readFileSync(built, 'utf8') }),
      url,
      proven: false,
    }
  } catch (cause) {
    throw pluginBroken({ file, folder, cause })
  }
}

/** Imports a module. One that ends the process meanwhile is named, and its exit code, which may mean something here, is not taken. */
async function importAlive(url: string, shown: string): Promise<{ readonly default?: Plugin }> {
  const tell = (): void => {
    writeSync(
      2,
      `error The plugin ${shown} ended the process while it was loaded [plugin_broken]\n  → take process.exit out of it\n`,
    )
    process.exitCode = exitCode.invalid
  }
  process.once('exit', tell)
  try {
    return await answerOf(
      endable(async () => (await import(url)) as { default?: Plugin }),
      { plugin: shown },
    )
  } finally {
    process.off('exit', tell)
  }
}

/** Which files a bundle was made of, and what they were. */
interface BuildRecord {
  readonly built: string
  /** Hash of each input by its path from the project. */
  readonly inputs: Readonly<Record<string, string>>
}

function recordOf(folder: string, file: string): string {
  return join(folder, '.sillage', 'plugins', `${hashOf(relative(folder, file))}.json`)
}

/** The bundle of an earlier command, where none of the files that it holds changed since. */
function builtBefore(folder: string, file: string): string | undefined {
  try {
    const { built, inputs } = JSON.parse(readFileSync(recordOf(folder, file), 'utf8')) as BuildRecord
    const same = Object.entries(inputs).every(
      ([path, hash]) => hashOf(readFileSync(join(folder, path))) === hash,
    )
    return same && existsSync(join(folder, built)) ? join(folder, built) : undefined
  } catch {
    return undefined
  }
}

/** Bundles the file with its own imports; packages stay imports, and Sillage's own are those of this installation. */
async function build(folder: string, file: string): Promise<string> {
  const { build: bundle } = await import('esbuild')
  const { outputFiles, metafile } = await bundle({
    entryPoints: [file],
    bundle: true,
    write: false,
    metafile: true,
    platform: 'node',
    format: 'esm',
    target: 'node20',
    packages: 'external',
    logLevel: 'silent',
    absWorkingDir: folder,
    plugins: [
      {
        name: 'sillage-packages',
        setup: (hooks) =>
          hooks.onResolve({ filter: /^(@sillage\/|apache-arrow$)/ }, ({ path }) => ({
            path: import.meta.resolve(path),
            external: true,
          })),
      },
    ],
  })
  const { contents } = outputFiles[0]!
  const built = join('.sillage', 'plugins', `${hashOf(contents)}.mjs`)
  const inputs = Object.keys(metafile.inputs).map((path) => [path, hashOf(readFileSync(join(folder, path)))])
  // Another process may build the same plugin at this moment.
  writeWhole(join(folder, built), contents)
  writeWhole(recordOf(folder, file), JSON.stringify({ built, inputs: Object.fromEntries(inputs) }))
  return join(folder, built)
}

function hashOf(content: string | Uint8Array): string {
  return createHash('sha256').update(content).digest('hex').slice(0, 16)
}

function assertOneEach(plugins: readonly KnownPlugin[], files: readonly string[], folder: string): void {
  for (const [index, { name }] of plugins.entries()) {
    const first = plugins.findIndex((other) => other.name === name)
    if (first === index) continue
    const cause = new Error(`${relative(folder, files[first]!)} makes "${name}" already`)
    throw pluginBroken({ file: files[index]!, folder, cause })
  }
}

function pluginBroken({
  file,
  folder,
  cause,
}: {
  readonly file: string
  readonly folder: string
  readonly cause: unknown
}): SillageError {
  return new SillageError({
    code: 'plugin_broken',
    message: `The plugin ${relative(folder, file)} does not load: ${messageOf(cause).split('\n').slice(0, 3).join(' ')}`,
    hint: 'mend the file; `sillage plugins` lists what loads',
    exit: exitCode.invalid,
    cause,
  })
}
