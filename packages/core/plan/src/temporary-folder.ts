import { join } from 'node:path'
import type { Places } from '@sillage/pipeline'

/** Where runs of a pipeline keep what goes when they end. What a killed one leaves is cleared away by the next, or by `gc`. */
export function temporaryFolder({ work }: Pick<Places, 'work'>, pipeline: string): string {
  return join(work, 'tmp', pipeline)
}
