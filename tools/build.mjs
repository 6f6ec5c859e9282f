/**
 * Builds the package of the current folder: TypeScript to `dist/`, then, for a plugin package, the manifest of its plugins.
 * Run by turbo, one process a package.
 */
import { spawnSync } from 'node:child_process'
import { existsSync, readFileSync, rmSync } from 'node:fs'
import { createRequire } from 'node:module'
import { dirname, join } from 'node:path'
import { fileURLToPath, pathToFileURL } from 'node:url'

const root = dirname(dirname(fileURLToPath(import.meta.url)))
const here = process.cwd()
const pack = JSON.parse(readFileSync(join(here, 'package.json'), 'utf8'))

rmSync(join(here, 'dist'), { recursive: true, force: true })
const compiler = join(
  dirname(createRequire(import.meta.url).resolve('@typescript/native/package.json')),
  'bin/tsc',
)
const compiled = spawnSync(process.execPath, [compiler, '-p', join(here, 'tsconfig.json')], {
  stdio: 'inherit',
})
if (compiled.status !== 0) process.exit(compiled.status ?? 1)

if (pack.sillage?.stage) {
  const testkit = join(root, 'packages/sdk/dist/manifest.js')
  if (!existsSync(testkit)) throw new Error('packages/sdk is not built: run `npm run build` at the root')
  const { writeManifest } = await import(pathToFileURL(testkit).href)
  await writeManifest({ folder: here, stage: pack.sillage.stage })
}
