import { join } from 'node:path'
import type { Places } from '@sillage/pipeline'

export function martPathOf({ marts }: Places, pipeline: string): string {
  return join(marts, `${pipeline}.duckdb`)
}
