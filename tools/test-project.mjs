import { fileURLToPath } from 'node:url'
import { configDefaults, defineProject } from 'vitest/config'

const seed = fileURLToPath(new URL('test-seed.mjs', import.meta.url))

/** How long a test or its set-up may take before it counts as hanging: several times what the slowest needs on a busy machine. */
const hangs = 240_000

/** What all tests of the repository have in common. */
export const common = {
  setupFiles: [seed],
  testTimeout: hangs,
  hookTimeout: hangs,
  // Files of a worker share what they load: nothing of a package keeps what one test says from another.
  isolate: false,
  // What is built is loaded as Node loads it, and not transformed once more for each file of tests.
  server: { deps: { external: [/\/dist\//] } },
}

/** Files of tests that `npm run test:slow` runs. */
export const slow = '**/*.slow.test.ts'

/** The tests of a workspace. */
export function testProject(name, include = ['src/**/*.test.ts']) {
  return defineProject({ test: { ...common, name, include, exclude: [...configDefaults.exclude, slow] } })
}
