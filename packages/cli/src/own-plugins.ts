import { createHash } from 'node:crypto'
import { existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { fileURLToPath, pathToFileURL } from 'node:url'
import { exitCode, messageOf, SillageError } from '@sillage/base'
import { describe, type Plugin } from '@sillage/sdk'
import type { KnownPlugin } from '@sillage/spec'

/** Loads a project's own plugin files (`./plugins/*.ts`): built once to plain JavaScript, which the engine and its workers load alike. */
export async function loadOwnPlugins(
  folder: string,
  patterns: readonly string[],
): Promise<readonly KnownPlugin[]> {
  const { glob } = await import('tinyglobby')
  const files = await glob([...patterns], { cwd: folder, absolute: true })
  return Promise.all(files.sort().map((file) => loadOwnPlugin(folder, file)))
}

async function loadOwnPlugin(folder: string, file: string): Promise<KnownPlugin> {
  const source = readFileSync(file, 'utf8')
  const built = join(
    folder,
    '.sillage',
    'plugins',
    `${createHash('sha256').update(source).digest('hex').slice(0, 16)}.mjs`,
  )
  if (!existsSync(built)) await build({ file, built, folder })
  const url = pathToFileURL(built).href
  try {
    const { default: plugin } = (await import(url)) as { default?: Plugin }
    if (typeof plugin?.name !== 'string' || typeof plugin.style !== 'string')
      throw new Error(
        'it has no default export made by defineSource, defineSql, defineBatch, defineModel or defineSink',
      )
    return { ...describe({ plugin, module: built, source: readFileSync(built, 'utf8') }), url }
  } catch (cause) {
    throw pluginBroken({ file, cause })
  }
}

/** Bundles the file alone; packages stay imports, and Sillage's own are those of this installation. */
async function build({
  file,
  built,
  folder,
}: {
  readonly file: string
  readonly built: string
  readonly folder: string
}): Promise<void> {
  const { build: bundle } = await import('esbuild')
  try {
    const { outputFiles } = await bundle({
      entryPoints: [file],
      bundle: true,
      write: false,
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
    mkdirSync(join(folder, '.sillage', 'plugins'), { recursive: true })
    writeFileSync(built, outputFiles[0]!.contents)
  } catch (cause) {
    throw pluginBroken({ file, cause })
  }
}

function pluginBroken({ file, cause }: { readonly file: string; readonly cause: unknown }): SillageError {
  return new SillageError({
    code: 'plugin_broken',
    message: `The plugin ${fileName(file)} does not load: ${messageOf(cause).split('\n').slice(0, 3).join(' ')}`,
    hint: 'mend the file; `sillage plugins` lists what loads',
    exit: exitCode.invalid,
    cause,
  })
}

function fileName(file: string): string {
  return file.startsWith('file:') ? fileURLToPath(file) : file
}
