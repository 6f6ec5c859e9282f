import { defineConfig } from 'vitest/config'
import { common, slow } from './tools/test-project.mjs'

/** What starts database servers or a cluster, moves more than 100,000 rows, installs from the registry or kills runs by the dozen: one file at a time, for each takes the machine. */
export default defineConfig({
  test: {
    ...common,
    name: 'slow',
    include: [slow],
    fileParallelism: false,
    reporters: ['default', './tools/count-reporter.mjs'],
  },
})
