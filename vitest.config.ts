import { defineConfig } from 'vitest/config'

export default defineConfig({
  test: {
    projects: [
      'packages/*/vitest.config.ts',
      'plugins/*/vitest.config.ts',
      'datasets/*/vitest.config.ts',
      'pipelines/vitest.config.ts',
    ],
    reporters: ['default', './tools/count-reporter.mjs'],
  },
})
