import type { Random } from '@sillage/stats'
import { asOf, type Day, dayOf, frenchDay, workingDay } from './calendar.ts'
import { csvBytes, type Row, semicolonCsv } from './csv.ts'
import type { Sighting } from './sighting.ts'

/** Something that JOSX sent or did before the launch, with what came back. */
interface Action {
  readonly contactId: string
  readonly day: Day
  readonly action: 'mailing' | 'flyer' | 'appel' | 'rdv'
  readonly canal: 'email' | 'courrier' | 'telephone' | 'salon' | 'visite'
  readonly campagne: string
  readonly resultat: string
  readonly raison: string
  readonly recall: Day | undefined
}

/** Actions by contact, in the order of their days. */
export type Contacted = ReadonlyMap<string, readonly Action[]>

const actionColumns = [
  'action_id',
  'contact_id',
  'date_action',
  'action',
  'canal',
  'campagne',
  'code_reponse',
  'resultat',
  'raison_refus',
  'date_rappel',
  'cout',
] as const

export const refusals = ['prix', 'place', 'pas_de_besoin', 'deja_equipe', 'pas_le_moment'] as const
const costCents: Readonly<Record<Action['action'], number>> = {
  mailing: 12,
  flyer: 85,
  appel: 450,
  rdv: 6200,
}

/** Two campaigns and the calls that followed: a mailing in November 2013, a flyer in March 2014. */
export function drawActions(sightings: readonly Sighting[], random: Random): Contacted {
  return new Map(
    sightings.map((sighting) => [sighting.contactId, actionsOf(sighting, random.fork(sighting.contactId))]),
  )
}

function actionsOf({ contactId, row, reject }: Sighting, random: Random): readonly Action[] {
  const blank = { contactId, raison: '', recall: undefined }
  const actions: Action[] = []
  if (row.email && random.chance(0.35)) {
    const resultat = random.weighted({ envoye: 50, ouvert: 30, clic: 9, bounce: 7, desinscription: 4 })
    actions.push({
      ...blank,
      day: workingDay(dayOf('2013-11-12') + random.integer(0, 5)),
      action: 'mailing',
      canal: 'email',
      campagne: 'VINS-2013',
      resultat,
    })
  }
  if (row.adresse && random.chance(0.25)) {
    const resultat = random.weighted({ envoye: 82, reponse: 6, npai: 12 })
    actions.push({
      ...blank,
      day: workingDay(dayOf('2014-03-10') + random.integer(0, 8)),
      action: 'flyer',
      canal: 'courrier',
      campagne: 'PRINTEMPS-2014',
      resultat,
    })
  }
  if (reject === '' && (row.tel_fixe || row.tel_mobile) && random.chance(0.14))
    actions.push(callOf(contactId, random))
  if (random.chance(0.05)) {
    const day = workingDay(dayOf('2014-04-14') + random.integer(0, 35))
    const resultat = random.weighted({ interesse: 45, a_revoir: 35, refus: 20 })
    actions.push({
      ...blank,
      day,
      action: 'rdv',
      canal: random.pick(['visite', 'salon']),
      campagne: 'PRINTEMPS-2014',
      resultat,
      recall: resultat === 'a_revoir' ? workingDay(day + 30) : undefined,
    })
  }
  return actions
}

function callOf(contactId: string, random: Random): Action {
  const day = workingDay(dayOf('2014-04-01') + random.integer(0, 49))
  const resultat = random.weighted({
    absent: 35,
    a_rappeler: 22,
    interesse: 20,
    refus: 18,
    numero_invalide: 5,
  })
  return {
    contactId,
    day,
    action: 'appel',
    canal: 'telephone',
    campagne: 'PRINTEMPS-2014',
    resultat,
    raison: resultat === 'refus' ? random.pick(refusals) : '',
    recall:
      resultat === 'a_rappeler' || resultat === 'absent'
        ? workingDay(Math.max(day, asOf) + random.integer(2, 40))
        : undefined,
  }
}

/** The bytes of `actions.csv`, in the order of days. */
export function actionsFile(contacted: Contacted): Uint8Array {
  const actions = [...contacted.values()]
    .flat()
    .sort((a, b) => a.day - b.day || (a.contactId < b.contactId ? -1 : 1))
  return csvBytes(actionColumns, actions.map(actionRow), semicolonCsv)
}

function actionRow(
  { contactId, day, action, canal, campagne, resultat, raison, recall }: Action,
  index: number,
): Row {
  const cents = costCents[action]
  return {
    action_id: `A${String(index + 1).padStart(5, '0')}`,
    contact_id: contactId,
    date_action: frenchDay(day),
    action,
    canal,
    campagne,
    code_reponse:
      resultat === 'reponse' || resultat === 'clic'
        ? `${campagne.slice(0, 1)}${campagne.slice(-2)}-${contactId}`
        : '',
    resultat,
    raison_refus: raison,
    date_rappel: recall === undefined ? '' : frenchDay(recall),
    cout: `${Math.floor(cents / 100)},${String(cents % 100).padStart(2, '0')}`,
  }
}
