/**
 * Builds the package of the current folder: TypeScript to `dist/`; then, for a plugin package, one file
 * a plugin, its validator and the manifest; for the command line, one file with what `validate` needs, since loading a hundred
 * modules takes longer than checking a pipeline; for the page, what browsers load.
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

/** Bundles built files in place; of the packages of this repository `inlined` go in, all others stay imports. */
const bundle = async ({ entries, inlined, options }) => {
  const { build } = await import('esbuild')
  await build({
    entryPoints: entries.map((file) => join(here, 'dist', file)),
    outdir: join(here, 'dist'),
    allowOverwrite: true,
    bundle: true,
    format: 'esm',
    platform: 'node',
    target: 'node20',
    minifyWhitespace: true,
    legalComments: 'none',
    logLevel: 'warning',
    plugins: [
      {
        name: 'packages',
        setup: (hooks) =>
          hooks.onResolve({ filter: /^[^./]/ }, ({ path, kind }) =>
            kind === 'entry-point' || path.startsWith('node:') || inlined.test(path)
              ? undefined
              : { path, external: true },
          ),
      },
    ],
    ...options,
  })
}

if (pack.sillage?.page) {
  const { build } = await import('vite')
  await build({
    configFile: false,
    root: join(here, 'src'),
    logLevel: 'warn',
    build: {
      outDir: join(here, 'dist'),
      emptyOutDir: true,
      assetsInlineLimit: 0,
      modulePreload: { polyfill: false },
      target: 'es2022',
    },
    oxc: { jsx: { runtime: 'automatic', importSource: 'preact' } },
  })
}

const load = (path) => import(pathToFileURL(join(root, path)).href)

const { stage, connector } = pack.sillage ?? {}
if (stage || connector) {
  const { connectionFile, pluginFiles, writeManifest } = await load('packages/core/sdk/dist/manifest.js')
  const { writeValidator } = await load('packages/core/pipeline/dist/write-validators.js')
  const files = pluginFiles(here, stage)
  const connection = connectionFile(here)
  const entries = [...files.map(({ module }) => module), ...(connection ? [connection] : [])]
  await bundle({ entries, inlined: /^@sillage\/(sdk|stats|sql|base)$/ })
  const { plugins, connections } = await writeManifest({ folder: here, files, connection })
  for (const { config, module, validator } of [...plugins, ...connections])
    await writeValidator({ schema: config, file: join(here, 'dist', dirname(module), validator) })
}
if (pack.sillage?.validators) {
  const { writeValidator } = await load('packages/core/pipeline/dist/write-validators.js')
  const { shapes } = await import(pathToFileURL(join(here, 'dist', pack.sillage.validators)).href)
  for (const [name, schema] of Object.entries(shapes))
    await writeValidator({ schema, file: join(here, `dist/validators/${name}.js`) })
}
if (pack.sillage?.bundle) {
  await bundle({
    entries: [pack.sillage.bundle],
    inlined:
      /^(@sillage\/((campaign|inbox|openlineage|report|scheduler)\/keys|base|sql|sql\/arrow|sdk|pipeline|plan|ledger|ledger\/(files|holder|paths)|journal|duckdb|duckdb\/(binder|bridge|cached-binder|engine)|state|steps|steps\/pull|workers|workers\/batches|deliver|upkeep|run)|@duckdb\/node-api|commander|picocolors|yaml)$/,
    options: {
      splitting: true,
      chunkNames: 'chunks/[name]-[hash]',
      banner: {
        js: `import{createRequire as makeRequire}from'node:module';const require=makeRequire(import.meta.url);`,
      },
    },
  })
}
