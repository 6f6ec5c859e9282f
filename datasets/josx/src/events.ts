import type { Random } from '@sillage/stats'
import { cabinetPrices, cabinetSize } from './cabinet.ts'
import { type Day, dayOf, isoDay, workingDay } from './calendar.ts'
import { refusals } from './campaigns.ts'
import type { Person } from './person.ts'
import type { Sighting } from './sighting.ts'

/** Something that happened between May and September 2014: what a later `as_of` adds. */
interface Happening {
  readonly evenement_id: string
  readonly date: string
  readonly contact_id: string
  readonly type: 'envoi' | 'reponse' | 'appel' | 'rdv' | 'achat' | 'desinscription'
  readonly campagne: string
  readonly canal: string
  readonly resultat: string | null
  readonly raison: string | null
  readonly code_reponse: string | null
  readonly produit: string | null
  /** Size of ARGICRV: S, M, L or XL. */
  readonly taille: string | null
  /** Euros without tax. */
  readonly montant: number | null
  readonly rappel_le: string | null
}

type Draft = Omit<Happening, 'evenement_id' | 'date' | 'contact_id'> & { readonly day: Day }

const launch = dayOf('2014-09-15')
const end = dayOf('2014-09-30')
const sending = [dayOf('2014-08-18'), dayOf('2014-08-22')] as const
const letters = { restaurateur: 'LETTRE-R', domaine: 'LETTRE-D', particulier: 'LETTRE-P' } as const
const blank = {
  resultat: null,
  raison: null,
  code_reponse: null,
  produit: null,
  taille: null,
  montant: null,
  rappel_le: null,
}

/** The lines of `evenements.jsonl`, in the order of days. */
export function eventsFile(sightings: readonly Sighting[], random: Random): Uint8Array {
  const reachable = sightings.filter((sighting) => sighting.reject === '' && !sighting.duplicate)
  const drafts = reachable.flatMap((sighting) =>
    historyOf(sighting, random.fork(sighting.contactId)).map((draft) => ({
      contactId: sighting.contactId,
      draft,
    })),
  )
  const kept = drafts
    .filter(({ draft }) => draft.day <= end)
    .sort(
      (a, b) =>
        a.draft.day - b.draft.day || (a.contactId < b.contactId ? -1 : a.contactId > b.contactId ? 1 : 0),
    )
  const lines = kept.map(
    ({ contactId, draft }, index) => `${JSON.stringify(happening(contactId, draft, index))}\n`,
  )
  return new TextEncoder().encode(lines.join(''))
}

function happening(contactId: string, { day, ...draft }: Draft, index: number): Happening {
  const { type, campagne, canal, resultat, raison, code_reponse, produit, taille, montant, rappel_le } = draft
  const evenement_id = `E${String(index + 1).padStart(5, '0')}`
  const what = { type, campagne, canal, resultat, raison, code_reponse, produit, taille, montant, rappel_le }
  return { evenement_id, date: isoDay(day), contact_id: contactId, ...what }
}

function historyOf({ contactId, person, row }: Sighting, random: Random): readonly Draft[] {
  const history: Draft[] = []
  const letter = letters[person.kind]
  if (random.chance(0.1))
    history.push(
      callOn(workingDay(random.integer(dayOf('2014-05-12'), dayOf('2014-08-08'))), 'SUIVI-2014', random),
    )
  if (person.invoices.length > 0 && random.chance(0.08)) history.push(otherPurchase(random))
  const email = person.consents.email === 'oui' && row.email
  if (person.segment === 'client_perdu' || !(email || person.consents.post === 'oui') || !random.chance(0.8))
    return history

  const sent = workingDay(random.integer(...sending))
  history.push({ ...blank, day: sent, type: 'envoi', campagne: letter, canal: email ? 'email' : 'courrier' })
  if (email && random.chance(0.02))
    return [
      ...history,
      {
        ...blank,
        day: sent + random.integer(0, 3),
        type: 'desinscription',
        campagne: letter,
        canal: 'email',
      },
    ]
  const warmth =
    (person.ecological ? 0.16 : 0.07) +
    (person.segment === 'client_chaud' || person.segment === 'nouveau_client' ? 0.1 : 0)
  const answered = random.chance(warmth)
  const answerDay = sent + random.integer(1, 12)
  if (answered)
    history.push({
      ...blank,
      day: answerDay,
      type: 'reponse',
      campagne: letter,
      canal: email ? 'email' : 'courrier',
      code_reponse: `${letter.at(-1)}14-${contactId}`,
      resultat: 'interesse',
    })
  const call = random.chance(answered ? 0.8 : 0.12)
    ? callOn(workingDay(answerDay + random.integer(1, 5)), letter, random)
    : undefined
  if (call) history.push(call)
  const met = call?.resultat === 'interesse' && random.chance(0.7)
  const meetingDay = workingDay((call?.day ?? answerDay) + random.integer(2, 9))
  if (met) history.push(meetingOn(meetingDay, letter, random))
  if (random.chance(met ? 0.45 : answered ? 0.15 : 0.004))
    history.push(launchPurchase(person, Math.max(launch, meetingDay) + random.integer(0, 12), letter, random))
  return history
}

function callOn(day: Day, campagne: string, random: Random): Draft {
  const resultat = random.weighted({ absent: 28, a_rappeler: 18, interesse: 34, refus: 20 })
  return {
    ...blank,
    day,
    type: 'appel',
    campagne,
    canal: 'telephone',
    resultat,
    raison: resultat === 'refus' ? random.pick(refusals) : null,
    rappel_le:
      resultat === 'a_rappeler' || resultat === 'absent'
        ? isoDay(workingDay(day + random.integer(2, 20)))
        : null,
  }
}

function meetingOn(day: Day, campagne: string, random: Random): Draft {
  const resultat = random.weighted({ interesse: 60, a_revoir: 25, refus: 15 })
  return {
    ...blank,
    day,
    type: 'rdv',
    campagne,
    canal: random.pick(['visite', 'salon', 'magasin']),
    resultat,
    raison: resultat === 'refus' ? random.pick(refusals) : null,
  }
}

function otherPurchase(random: Random): Draft {
  const [produit, euros] = random.pick([
    ['Clayettes bois', 45.9],
    ['Thermohygromètre', 29.9],
    ['Cave V50', 599],
    ['Cave V120', 999],
    ['Entretien annuel', 240],
  ] as const)
  return {
    ...blank,
    day: workingDay(random.integer(dayOf('2014-05-26'), dayOf('2014-09-26'))),
    type: 'achat',
    campagne: 'SANS',
    canal: random.pick(['salon', 'article', 'autre', 'inconnu']),
    produit,
    montant: euros,
  }
}

function launchPurchase(person: Person, day: Day, campagne: string, random: Random): Draft {
  const taille = cabinetSize(person)
  const cents = (cabinetPrices[taille] * random.pick([90, 100, 100])) / 100
  return {
    ...blank,
    day: workingDay(day),
    type: 'achat',
    campagne,
    canal: random.pick(['salon', 'article', 'flyer', 'autre']),
    produit: 'ARGICRV',
    taille,
    montant: cents / 100,
  }
}
