import { defineConfig } from 'vitest/config'

export default defineConfig({
  test: {
    projects: [
      'packages/*/*/vitest.config.ts',
      'plugins/*/vitest.config.ts',
      'plugins/connectors/*/vitest.config.ts',
      'datasets/*/vitest.config.ts',
      'pipelines/vitest.config.ts',
    ],
    // Most of the time goes to processes that the tests start and wait for.
    maxWorkers: '100%',
    reporters: ['default', './tools/count-reporter.mjs'],
  },
})
