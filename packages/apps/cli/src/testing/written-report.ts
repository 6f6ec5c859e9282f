import { readFileSync } from 'node:fs'
import { type Page, readPage } from '@sillage/report/testing/read-page'
import { expect } from 'vitest'
import type { TestProject } from './project.ts'

/** What the command says of the report that it wrote. */
export interface Written {
  readonly path: string
  readonly run: string
  readonly files: readonly string[]
  readonly sections: readonly { readonly id: string }[]
}

/** Writes a report. */
export async function written(project: TestProject, ...args: readonly string[]): Promise<Written> {
  const ended = await project.run(['report', ...args, '--output', 'json'])
  expect(ended.exit, ended.out + ended.err).toBe(0)
  return (ended.json() as { readonly report: Written }).report
}

/** Writes a report and reads it. */
export async function report(
  project: TestProject,
  ...args: readonly string[]
): Promise<{ readonly page: Page; readonly source: string; readonly written: Written }> {
  const told = await written(project, ...args)
  const source = readFileSync(told.path, 'utf8')
  return { page: readPage(source), source, written: told }
}
