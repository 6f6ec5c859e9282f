import { csvBytes, plainCsv } from './csv.ts'
import type { Sighting } from './sighting.ts'

const truthColumns = [
  'person_id',
  'source',
  'contact_id',
  'row',
  'duplicate',
  'activity',
  'segment',
  'changes',
  'siret',
  'siret_state',
  'reject',
] as const

/** The bytes of `truth.csv`: who each row of the four files really shows, and what is wrong with the row. */
export function truthFile(sightings: readonly Sighting[]): Uint8Array {
  return csvBytes(
    truthColumns,
    sightings.map(({ source, contactId, person, duplicate, changes, siretState, reject }) => ({
      person_id: person.id,
      source,
      contact_id: contactId,
      row: source === 'facturation' ? '' : String(Number(contactId.slice(1))),
      duplicate: String(duplicate),
      activity: person.activity,
      segment: person.segment,
      changes: changes.join('|'),
      siret: person.siret,
      siret_state: siretState,
      reject,
    })),
    plainCsv,
  )
}
