import { createHash } from 'node:crypto'
import { join } from 'node:path'
import { exitCode, isSillageError, SillageError } from '@sillage/base'
import { realPathOf } from '@sillage/plan'
import type { OpenDatabase } from '@sillage/sql'
import type { Sending } from './deliver-port.ts'

/** Of the database that is held for its lock alone. */
const lockBytes = 32 * 2 ** 20

/**
 * Holds a destination until it is disposed of: whatever pipeline or environment of the project delivers there. The lock is that of a
 * DuckDB file, which the system lets go of when its process ends, however it ends. Throws `destination_busy` (exit 75).
 */
export async function holdDestination(
  step: Pick<Sending, 'stage' | 'files' | 'delivery'>,
  {
    project,
    command,
    openDatabase,
  }: { readonly project: string; readonly command: string; readonly openDatabase: OpenDatabase },
): Promise<AsyncDisposable> {
  const places =
    step.files.length > 0 ? step.files.map(({ path }) => realPathOf(path)) : [step.delivery.destination]
  const hash = createHash('sha256').update(JSON.stringify(places)).digest('hex').slice(0, 16)
  try {
    return await openDatabase({
      path: join(project, '.sillage', 'locks', `${hash}.duckdb`),
      memoryBytes: lockBytes,
      threads: 1,
      command,
    })
  } catch (error) {
    if (!isSillageError(error) || error.code !== 'busy') throw error
    throw new SillageError({
      code: 'destination_busy',
      message: `"${step.stage}": another run delivers to the same place: ${error.message.replace(/^[^:]*: /, '')}`,
      hint: 'wait until it is done, then run again',
      exit: exitCode.busy,
      facts: { stage: step.stage },
      cause: error,
    })
  }
}
