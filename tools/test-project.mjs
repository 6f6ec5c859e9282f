import { fileURLToPath } from 'node:url'
import { defineProject } from 'vitest/config'

const seed = fileURLToPath(new URL('test-seed.mjs', import.meta.url))

/** How long a test or its set-up may take before it counts as hanging: several times what the slowest needs on a busy machine. */
const hangs = 240_000

/** The tests of a workspace. */
export function testProject(name, include = ['src/**/*.test.ts']) {
  return defineProject({
    test: { name, include, setupFiles: [seed], testTimeout: hangs, hookTimeout: hangs },
  })
}
