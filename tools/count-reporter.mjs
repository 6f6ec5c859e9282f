import { existsSync, readFileSync, writeFileSync } from 'node:fs'

/**
 * Vitest reporter whose last line reads `N passed, N failed` (`, N skipped` follows where there are any). `SILLAGE_COUNTS` names a file in which several
 * runs add their counts up: the last line then tells all of them.
 */
export default class CountReporter {
  onTestRunEnd(modules, errors) {
    const counts = withEarlier(countsOf(modules, errors))
    const { passed, failed, skipped } = counts
    setImmediate(() =>
      console.log(`\n${passed} passed, ${failed} failed${skipped ? `, ${skipped} skipped` : ''}`),
    )
  }
}

function countsOf(modules, errors) {
  let passed = 0
  let failed = errors.length
  let skipped = 0
  for (const module of modules) {
    const before = failed
    for (const test of module.children.allTests()) {
      const state = test.result().state
      if (state === 'passed') passed += 1
      else if (state === 'failed') failed += 1
      else skipped += 1
    }
    if (module.state() === 'failed' && failed === before) failed += 1
  }
  return { passed, failed, skipped }
}

function withEarlier(counts) {
  const file = process.env.SILLAGE_COUNTS
  if (!file) return counts
  const earlier = existsSync(file) ? JSON.parse(readFileSync(file, 'utf8')) : {}
  const sum = Object.fromEntries(
    Object.entries(counts).map(([name, count]) => [name, count + (earlier[name] ?? 0)]),
  )
  writeFileSync(file, JSON.stringify(sum))
  return sum
}
