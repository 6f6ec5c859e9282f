import { relative } from 'node:path'
import colors from 'picocolors'
import type { WrittenReport } from '../write-report.ts'

/** Where the report is, and what it has. */
export function reportText({ path, files, run, sections }: WrittenReport): string {
  const more = files.length > 1 ? ` and ${files.length - 1} charts beside it` : ''
  return [
    `${relative(process.cwd(), path) || path}${more} ${colors.dim(`(version ${run})`)}`,
    ...sections.map(({ title }) => `  ${title}`),
  ].join('\n')
}
