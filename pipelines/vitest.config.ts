import { defineProject } from 'vitest/config'

export default defineProject({ test: { name: 'pipelines', include: ['*/*.test.ts'], testTimeout: 120_000 } })
