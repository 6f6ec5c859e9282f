import type { Random } from '@sillage/stats'
import type { Row } from './csv.ts'
import type { Person } from './person.ts'
import { type SiretState, typedSiret } from './siret.ts'
import { type Change, typeContact } from './typed-contact.ts'

export type Source = 'facturation' | 'restaurateurs' | 'domaines' | 'particuliers'

/** One person as one file shows them. */
export interface Sighting {
  readonly source: Source
  /** `R0001`, `D0001`, `I0001`, or the client's code `C0001`. */
  readonly contactId: string
  readonly person: Person
  /** True for a copy: another row, in this file or in the billing base, is the person's own. */
  readonly duplicate: boolean
  readonly changes: readonly Change[]
  readonly siretState: SiretState
  /** Why the minimum lead (a name and a contact point) is not met; empty where it is. */
  readonly reject: '' | 'no_name' | 'no_contact_point'
  /** Identity and contact columns, as typed. */
  readonly row: Row
}

export interface Facts {
  readonly source: Source
  readonly contactId: string
  readonly person: Person
  readonly duplicate: boolean
  readonly random: Random
}

/**
 * Shows a person as a clerk typed them. A duplicate is dirtier, but keeps what a patient reader needs to recognise it; the
 * billing base always knows whom it bills and how to reach them.
 */
export function sight({ source, contactId, person, duplicate, random }: Facts): Sighting {
  const careful = duplicate || source === 'facturation'
  const spoiled = careful ? '' : random.weighted({ '': 955, no_name: 10, no_contact_point: 35 })
  const { values, changes } = typeContact({ person, duplicate, random })
  const siret = typedSiret(person.siret, random)
  const row = {
    contact_id: contactId,
    activite: person.activity,
    ...values,
    siret: siret.text,
    ...blanks[spoiled],
  }
  const kept = careful && !reachable(row, changes) ? { ...row, tel_mobile: person.mobile } : row
  const reject = spoiled === 'no_name' ? spoiled : reachable(kept, changes) ? '' : 'no_contact_point'
  return { source, contactId, person, duplicate, changes, siretState: siret.state, reject, row: kept }
}

const blanks = {
  '': {},
  no_name: { nom: '', prenom: '', societe: '' },
  no_contact_point: { email: '', tel_fixe: '', tel_mobile: '' },
}

function reachable(row: Row, changes: readonly Change[]): boolean {
  return Boolean(row.tel_fixe || row.tel_mobile || (row.email && !changes.includes('email_invalid')))
}
