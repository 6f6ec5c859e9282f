import { join } from 'node:path'
import type { Places } from '@sillage/spec'

export function martPathOf({ marts }: Places, pipeline: string): string {
  return join(marts, `${pipeline}.duckdb`)
}
