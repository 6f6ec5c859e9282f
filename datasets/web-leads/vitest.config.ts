import { defineProject } from 'vitest/config'

export default defineProject({
  test: { name: 'dataset-web-leads', include: ['src/**/*.test.ts'], testTimeout: 60_000 },
})
