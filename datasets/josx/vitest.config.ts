import { defineProject } from 'vitest/config'

export default defineProject({
  test: { name: 'dataset-josx', include: ['src/**/*.test.ts'], testTimeout: 60_000 },
})
