import { existsSync, readdirSync } from 'node:fs'
import { join } from 'node:path'
import type { Session } from '@sillage/sql'
import { sql } from '@sillage/sql'
import { Outbox } from './outbox.ts'
import { type DeliveryFolders, type DeliveryPlace, knownPlaces } from './place.ts'
import { lastWords, segmentNames } from './segments.ts'

/** How a stage stands with one destination, from the state alone. */
export interface PlaceStanding extends DeliveryPlace {
  readonly accepted: number
  readonly refused: number
  readonly unknown: number
  /** Messages that are committed and not settled, and the rows in them. */
  readonly waiting: { readonly messages: number; readonly rows: number }
}

/** How each stage of a pipeline stands with each destination that it ever delivered to. */
export async function placeStandings(
  session: Session,
  folders: DeliveryFolders,
): Promise<readonly PlaceStanding[]> {
  const found: PlaceStanding[] = []
  for (const [name, place] of knownPlaces(folders)) {
    const folder = join(folders.deliveries, name)
    const names = segmentNames(folder)
    const states =
      names.length === 0
        ? []
        : await session.rows<{ state: string; n: number }>(
            sql`select state, count(*) as n from (${lastWords(folder, names)}) group by all`.text,
          )
    const count = (state: string): number => states.find((one) => one.state === state)?.n ?? 0
    const outbox = new Outbox(session, join(folders.outbox, name))
    let messages = 0
    let rows = 0
    for (const wave of outbox.waves)
      for (const message of await outbox.messages(wave)) {
        messages += 1
        rows += message.rows
      }
    found.push({
      ...place,
      accepted: count('accepted'),
      refused: count('refused'),
      unknown: count('unknown'),
      waiting: { messages, rows },
    })
  }
  return found
}

/** Folders of places of a pipeline, those of the outbox and those of what was accepted. */
export function placeFolders({ deliveries, outbox }: DeliveryFolders): readonly string[] {
  return [deliveries, outbox].flatMap((folder) =>
    existsSync(folder) ? readdirSync(folder).map((name) => join(folder, name)) : [],
  )
}
