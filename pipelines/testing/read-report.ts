import { readFileSync, realpathSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import { Database } from '@sillage/duckdb'
import { type Comparison, comparePage } from '@sillage/report/testing/compare-page'
import { type Page, readPage } from '@sillage/report/testing/read-page'
import { expect } from 'vitest'
import { sillage } from './run-pipeline.ts'

const root = fileURLToPath(new URL('../..', import.meta.url))

interface ReadReport {
  readonly page: Page
  readonly source: string
  readonly compared: Comparison
}

/** By the version of the mart: a report of the same mart says the same. */
const read = new Map<string, Promise<ReadReport>>()

/** Writes the report of a pipeline with the real command line, reads it back, and runs the SQL that it prints on the mart. */
export function readReport(pipeline: string, ...options: readonly string[]): Promise<ReadReport> {
  const mart = realpathSync(`${root}marts/${pipeline}.duckdb`)
  const key = JSON.stringify([mart, ...options])
  const report = read.get(key) ?? write(pipeline, options)
  read.set(key, report)
  return report
}

async function write(pipeline: string, options: readonly string[]): Promise<ReadReport> {
  const { report } = await sillage<{ readonly report: { readonly path: string; readonly run: string } }>([
    'report',
    pipeline,
    ...options,
  ])
  const source = readFileSync(report.path, 'utf8')
  const page = readPage(source)
  const mart = realpathSync(`${root}marts/.versions/${pipeline}/${report.run}.duckdb`)
  await using database = await Database.open({ path: mart, readOnly: true })
  using session = await database.session()
  const compared = await comparePage(page, async (sql) => {
    const rows = await session.rows(sql.replace("attach 'marts/", `attach '${root}marts/`))
    if (sql.startsWith('attach')) await session.run('detach earlier')
    return rows
  })
  return { page, source, compared }
}

/** What every report must be: well formed, alone, readable without its charts, and true. */
export function expectSoundReport({ page, source, compared }: ReadReport): void {
  expect(page.errors).toEqual([])
  expect(page.elements).not.toContain('script')
  expect(page.addresses.filter((address) => !/^#[a-z_]+$/.test(address))).toEqual([])
  expect(/https?:\/\/|url\((?!#)|@import/.exec(source)?.[0]).toBeUndefined()
  expect(page.charts.every((text) => text.length > 20)).toBe(true)
  expect(page.tables.every(({ caption, columns }) => columns.length > 0 && caption !== undefined)).toBe(true)
  expect(compared.differences).toEqual([])
}
