/** Vitest reporter whose last line reads `N passed, N failed` (`, N skipped` follows where there are any). */
export default class CountReporter {
  onTestRunEnd(modules, errors) {
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
    setImmediate(() =>
      console.log(`\n${passed} passed, ${failed} failed${skipped ? `, ${skipped} skipped` : ''}`),
    )
  }
}
