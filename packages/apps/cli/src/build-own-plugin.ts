import { createHash } from 'node:crypto'
import { existsSync, readFileSync, statSync } from 'node:fs'
import { join, relative } from 'node:path'
import { fileURLToPath } from 'node:url'
import { writeWhole } from '@sillage/base'
import type { PluginFacts } from './describe-module.ts'

/** A plugin file as plain JavaScript. */
export interface BuiltPlugin {
  /** Absolute path of the bundle. */
  readonly file: string
  /** What is known of it, where this content was loaded before. */
  readonly facts?: PluginFacts
}

/** Builds a plugin file, unless none of the files that it is made of changed since the last time. */
export async function buildOwnPlugin(folder: string, file: string): Promise<BuiltPlugin> {
  return builtBefore(folder, file) ?? (await build(folder, file))
}

/** Keeps what was found when the bundle was loaded, so that no command has to load it again for that. */
export function rememberFacts(folder: string, file: string, facts: PluginFacts): void {
  const path = recordOf(folder, file)
  const record = JSON.parse(readFileSync(path, 'utf8')) as BuildRecord
  writeWhole(path, JSON.stringify({ ...record, loadedBy: thisInstallation(), facts } satisfies BuildRecord))
}

/** Which files a bundle was made of, and what they were. */
interface BuildRecord {
  readonly built: string
  /** Hash of each input by its path from the project. */
  readonly inputs: Readonly<Record<string, string>>
  /** The installation that loaded it: another one may add options of its own. */
  readonly loadedBy?: string
  readonly facts?: PluginFacts
}

function recordOf(folder: string, file: string): string {
  return join(folder, '.sillage', 'plugins', `${hashOf(relative(folder, file))}.json`)
}

function thisInstallation(): string {
  const { size, mtimeMs } = statSync(fileURLToPath(import.meta.resolve('@sillage/sdk')))
  return `${size}:${mtimeMs}`
}

/** The bundle of an earlier command, where none of the files that it holds changed since. */
function builtBefore(folder: string, file: string): BuiltPlugin | undefined {
  try {
    const { built, inputs, loadedBy, facts } = JSON.parse(
      readFileSync(recordOf(folder, file), 'utf8'),
    ) as BuildRecord
    const same = Object.entries(inputs).every(
      ([path, hash]) => hashOf(readFileSync(join(folder, path))) === hash,
    )
    if (!same || !existsSync(join(folder, built))) return undefined
    return { file: join(folder, built), ...(facts && loadedBy === thisInstallation() ? { facts } : {}) }
  } catch {
    return undefined
  }
}

/** Bundles the file with its own imports; packages stay imports, and Sillage's own are those of this installation. */
async function build(folder: string, file: string): Promise<BuiltPlugin> {
  const { build: bundle } = await import('esbuild')
  const { outputFiles, metafile } = await bundle({
    entryPoints: [file],
    bundle: true,
    write: false,
    metafile: true,
    // Beside the bundle, so that a comment that moves a line makes no other plugin of it.
    sourcemap: 'external',
    sourcesContent: false,
    outfile: join(folder, '.sillage', 'plugins', 'own.mjs'),
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
  const { text } = outputFiles.find(({ path }) => path.endsWith('.mjs'))!
  const map = outputFiles.find(({ path }) => path.endsWith('.map'))!.contents
  const name = `${hashOf(text)}.mjs`
  const built = join('.sillage', 'plugins', name)
  const inputs = Object.keys(metafile.inputs).map((path) => [path, hashOf(readFileSync(join(folder, path)))])
  // Another process may build the same plugin at this moment.
  writeWhole(join(folder, `${built}.map`), map)
  writeWhole(join(folder, built), `${text}//# sourceMappingURL=${name}.map\n`)
  writeWhole(
    recordOf(folder, file),
    JSON.stringify({ built, inputs: Object.fromEntries(inputs) } satisfies BuildRecord),
  )
  return { file: join(folder, built) }
}

function hashOf(content: string | Uint8Array): string {
  return createHash('sha256').update(content).digest('hex').slice(0, 16)
}
