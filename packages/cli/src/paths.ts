import { join } from 'node:path'

export function martPathOf(project: string, pipeline: string): string {
  return join(project, 'marts', `${pipeline}.duckdb`)
}
