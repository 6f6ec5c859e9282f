/**
 * Builds the package of the current folder: TypeScript to `dist/`, then, for a plugin package, the manifest of its plugins.
 * Run by turbo, one process a package.
 */
import { spawnSync } from 'node:child_process'
import { readFileSync, rmSync } from 'node:fs'
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

const load = (path) => import(pathToFileURL(join(root, path)).href)

if (pack.sillage?.stage) {
  const { writeManifest } = await load('packages/sdk/dist/manifest.js')
  const { writeValidator } = await load('packages/spec/dist/write-validators.js')
  const plugins = await writeManifest({ folder: here, stage: pack.sillage.stage })
  for (const plugin of plugins)
    await writeValidator({ schema: plugin.config, file: join(here, 'dist', plugin.validator) })
}
if (pack.sillage?.validators) {
  const { writeValidator } = await load('packages/spec/dist/write-validators.js')
  const { pipelineShape } = await load('packages/spec/dist/pipeline-schema.js')
  await writeValidator({ schema: pipelineShape, file: join(here, 'dist/pipeline.validator.js') })
}
