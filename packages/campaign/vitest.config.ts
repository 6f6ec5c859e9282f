import { defineProject } from 'vitest/config'

export default defineProject({ test: { name: 'campaign', include: ['src/**/*.test.ts'] } })
