import { inboxFolder } from '@sillage/ledger'
import type { Places } from '@sillage/pipeline'
import type { RunOptions } from '@sillage/run'
import type { BlankRecords } from '@sillage/upkeep'

/** What the forms of a project received, for runs. The inbox is loaded where a source asks. */
export function receivedOf(places: Places): NonNullable<RunOptions['received']> {
  return async function* received(form, since) {
    const { readRecords } = await import('@sillage/inbox')
    yield* readRecords({ inbox: inboxFolder(places), form, since })
  }
}

/** Takes records out of what was received, also while a server goes on receiving. */
export function blankRecordsOf(places: Places): BlankRecords {
  return async (isTheirs) => {
    const { blankRecords } = await import('@sillage/inbox')
    return blankRecords(inboxFolder(places), isTheirs)
  }
}
