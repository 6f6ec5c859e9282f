import type { Random } from '@sillage/stats'
import { asOf, frenchDay } from './calendar.ts'
import type { Contacted } from './campaigns.ts'
import { csvBytes, type Dialect, excelFrenchAnsi, plainCsv, type Row, semicolonCsv } from './csv.ts'
import type { Person } from './person.ts'
import type { Sighting, Source } from './sighting.ts'

/** The three files of prospects: how each is written, and the columns that only it has. */
export const contactFiles: Readonly<
  Record<
    Exclude<Source, 'facturation'>,
    { readonly prefix: string; readonly dialect: Dialect; readonly own: readonly string[] }
  >
> = {
  restaurateurs: {
    prefix: 'R',
    dialect: excelFrenchAnsi,
    own: ['lieu_exploitation', 'commandes_vin_an', 'site_web', 'salons'],
  },
  domaines: {
    prefix: 'D',
    dialect: plainCsv,
    own: ['lieu_exploitation', 'production_hl', 'bouteilles_an', 'commandes_vin_an', 'site_web', 'salons'],
  },
  particuliers: { prefix: 'I', dialect: semicolonCsv, own: ['date_naissance', 'commandes_vin_an', 'salons'] },
}

const identity = [
  'contact_id',
  'activite',
  'civilite',
  'nom',
  'prenom',
  'societe',
  'siret',
  'ape',
  'adresse',
  'code_postal',
  'ville',
  'email',
  'tel_fixe',
  'tel_mobile',
] as const
const knowledge = [
  ...[
    'ecologique',
    'client_josx',
    'mailing_envoye',
    'flyer_recu',
    'rdv_fait',
    'rdv_date',
    'rdv_prochain',
    'appel_fait',
    'appel_date',
    'appel_prochain',
  ],
  ...['achat_eco', 'achat_eco_type', 'canal_commande', 'multicanal', 'parrain_id'],
  ...['consentement_email', 'consentement_sms', 'consentement_tel', 'consentement_post'],
] as const

function contactColumns(source: keyof typeof contactFiles): readonly string[] {
  const forIndividuals = source === 'particuliers'
  return [
    ...identity.filter((name) => !(forIndividuals && ['societe', 'siret', 'ape'].includes(name))),
    ...contactFiles[source].own,
    ...knowledge,
  ]
}

/** The bytes of one file of prospects. */
export function contactFile(
  source: keyof typeof contactFiles,
  sightings: readonly Sighting[],
  contacted: Contacted,
  sponsors: ReadonlyMap<string, string>,
  random: Random,
): Uint8Array {
  const rows = sightings.map((sighting) => ({
    ...sighting.row,
    ...whatIsKnown(sighting.person, random.fork(sighting.contactId)),
    ...whatWasDone(sighting.contactId, contacted),
    parrain_id: sponsors.get(sighting.contactId) ?? '',
  }))
  return csvBytes(contactColumns(source), rows, contactFiles[source].dialect)
}

function whatIsKnown(person: Person, random: Random): Row {
  const answered =
    random.chance(0.72) || (person.kind === 'particulier' && (person.ecological || person.ecoPurchase !== ''))
  const production = person.productionTenths
  return {
    lieu_exploitation:
      person.kind === 'particulier' || random.chance(0.4)
        ? ''
        : `${person.address.city} (${person.address.departement})`,
    ecologique: answered ? yesNo(person.ecological) : '',
    commandes_vin_an: random.chance(0.75) ? String(person.ordersAYear) : '',
    production_hl: random.chance(0.85) ? frenchTenths(production) : '',
    bouteilles_an: random.chance(0.6) ? String(Math.floor((production * 40) / 3)) : '',
    site_web: person.website,
    salons: person.fairs.join('|'),
    client_josx: random.chance(0.85) ? yesNo(person.invoices.length > 0) : '',
    achat_eco: answered ? yesNo(person.ecoPurchase !== '') : '',
    achat_eco_type: answered ? person.ecoPurchase : '',
    canal_commande: person.invoices.length > 0 ? person.channel : '',
    multicanal: random.chance(0.5) ? yesNo(random.chance(0.45)) : '',
    consentement_email: person.consents.email,
    consentement_sms: person.consents.sms,
    consentement_tel: person.consents.tel,
    consentement_post: person.consents.post,
  }
}

function whatWasDone(contactId: string, contacted: Contacted): Row {
  const done = contacted.get(contactId) ?? []
  const meeting = done.findLast((action) => action.action === 'rdv')
  const call = done.findLast((action) => action.action === 'appel')
  return {
    mailing_envoye: yesNo(done.some((action) => action.action === 'mailing')),
    flyer_recu: yesNo(done.some((action) => action.action === 'flyer' && action.resultat !== 'npai')),
    rdv_fait: yesNo(meeting !== undefined),
    rdv_date: meeting ? frenchDay(meeting.day) : '',
    rdv_prochain: meeting?.recall ? frenchDay(Math.max(meeting.recall, asOf + 3)) : '',
    appel_fait: yesNo(call !== undefined),
    appel_date: call ? frenchDay(call.day) : '',
    appel_prochain: call?.recall ? frenchDay(call.recall) : '',
  }
}

function yesNo(value: boolean): 'oui' | 'non' {
  return value ? 'oui' : 'non'
}

/** Tenths as a French number: `12345` is `1234,5`. */
function frenchTenths(tenths: number): string {
  return `${Math.floor(tenths / 10)},${tenths % 10}`
}
