import { afterAll, beforeAll, expect } from 'vitest'
import type { TestProject } from './project.ts'
import { Served } from './served.ts'

/** Before the tests of a file or block: the project's pipeline is run once and served. After them server and project go. */
export function serving(project: TestProject, started: (server: Served) => void): void {
  let server: Served | undefined
  beforeAll(async () => {
    const { exit, err } = await project.run(['run'])
    expect(exit, err).toBe(0)
    server = await Served.start(project)
    started(server)
  })
  afterAll(async () => {
    await server?.stop()
    project[Symbol.dispose]()
  })
}
