import { existsSync, mkdirSync, readdirSync, rmSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { repairJournals } from '@sillage/journal'
import { type RunPaths, readHolder } from '@sillage/ledger'

/** Copies of new lines are read once. Other copies (a file in another encoding) stay: views of sources read them. */
export function removeTails({ database }: RunPaths): void {
  const scratch = join(dirname(database), 'scratch')
  if (!existsSync(scratch)) return
  for (const name of readdirSync(scratch)) if (name.endsWith('.tail')) rmSync(join(scratch, name))
}

/** What a run that was killed left behind, once the lock is ours: spilled rows, and a journal without an end. Gives the names of such runs. */
export function removeLeftovers({ temp, journals, databases }: RunPaths): readonly string[] {
  rmSync(temp, { recursive: true, force: true })
  mkdirSync(temp, { recursive: true })
  return repairJournals(journals, (pid) =>
    databases.some((path) => readHolder(path)?.pid === pid && pid !== process.pid),
  )
}
