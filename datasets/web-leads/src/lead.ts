import { firstNames, mobile, personalEmail, surnames, typedPhone } from '@sillage/dataset-josx'
import type { Random } from '@sillage/stats'

/** What a form on the web sends. */
export interface Lead {
  /** `L00001`. */
  readonly id: string
  /** Moment of sending, UTC. */
  readonly created_at: string
  readonly name: string | null
  readonly email: string | null
  readonly phone: string | null
  readonly company: string | null
  /** Page with the form. */
  readonly page: string
  readonly utm: { readonly source: string; readonly medium: string; readonly campaign: string | null }
  readonly products: readonly string[]
  /** What the visitor did before, in the order of time: for a score. */
  readonly events: readonly { readonly type: string; readonly at: string }[]
  readonly consent: { readonly email: boolean; readonly sms: boolean; readonly phone: boolean }
  readonly message: string
}

/** A lead, with the person behind it. */
export interface Drawn {
  readonly personId: string
  readonly lead: Lead
}

/** Keeps these people's numbers apart from those of the josx case. */
const apart = 5000
const firstMoment = Date.parse('2014-03-01T07:00:00Z')
const lastMoment = Date.parse('2014-05-22T21:00:00Z')
const pages = [
  '/cave-ecologique',
  '/argicrv',
  '/restaurateurs',
  '/domaines',
  '/particuliers',
  '/devis',
  '/contact',
  '/salon-2014',
] as const
const products = [
  'ARGICRV S',
  'ARGICRV M',
  'ARGICRV L',
  'ARGICRV XL',
  'Cave V50',
  'Cave V120',
  'Entretien annuel',
] as const
const messages = [
  '',
  'Bonjour, pourriez-vous m’envoyer un devis ?',
  'Quel est le délai de livraison ?',
  'Vu au salon, merci de me rappeler l’après-midi.',
  'Nous refaisons la salle en septembre : une armoire de 180 bouteilles tiendrait-elle dans 70 cm ?',
  'Est-elle vraiment sans électricité ?\nMerci.',
  'Prix pour 3 pièces "inox" s.v.p.',
] as const
const eventTypes = {
  page_view: 50,
  price_page: 14,
  download: 10,
  video: 8,
  email_click: 10,
  webinar: 3,
  return_visit: 15,
}

/** Leads in the order of time. One in twelve comes from someone who wrote before, which is no fault. */
export function drawLeads(count: number, random: Random): readonly Drawn[] {
  const moments = Array.from({ length: count }, () =>
    random.integer(firstMoment / 1000, lastMoment / 1000),
  ).sort((a, b) => a - b)
  const drawn: Drawn[] = []
  for (const [index, moment] of moments.entries()) {
    const again = index > 20 && random.chance(1 / 12) ? random.pick(drawn) : undefined
    drawn.push(drawLead({ index, moment: moment * 1000, again, random: random.fork(`lead ${index}`) }))
  }
  return drawn
}

function drawLead({
  index,
  moment,
  again,
  random,
}: {
  readonly index: number
  readonly moment: number
  readonly again: Drawn | undefined
  readonly random: Random
}): Drawn {
  const who = again ?? drawPerson(index, random)
  const { name, email, phone, company } = who.lead
  const source = random.weighted({
    google: 34,
    direct: 22,
    newsletter: 18,
    facebook: 12,
    salon: 8,
    partenaire: 6,
  })
  const lead: Lead = {
    id: `L${String(index + 1).padStart(5, '0')}`,
    created_at: isoSecond(moment),
    name,
    email,
    phone,
    company,
    page: random.pick(pages),
    utm: {
      source,
      medium: mediumOf(source, random),
      campaign: random.chance(0.6) ? random.pick(['lancement-2014', 'printemps-2014', 'salon-2014']) : null,
    },
    products: random.shuffled(products).slice(0, random.integer(0, 3)),
    events: drawEvents(moment, random),
    consent: { email: random.chance(0.7), sms: random.chance(0.35), phone: random.chance(0.5) },
    message: random.pick(messages),
  }
  return { personId: who.personId, lead }
}

function drawPerson(
  index: number,
  random: Random,
): { readonly personId: string; readonly lead: Pick<Lead, 'name' | 'email' | 'phone' | 'company'> } {
  const firstName = random.pick(firstNames[random.chance(0.5) ? 'Mme' : 'M.'])
  const lastName = random.pick(surnames)
  const points = random.weighted({ both: 55, email: 35, phone: 10 })
  return {
    personId: `W${String(index + 1).padStart(5, '0')}`,
    lead: {
      name: random.chance(0.1) ? lastName.toUpperCase() : `${firstName} ${lastName}`,
      email: points === 'phone' ? null : personalEmail({ firstName, lastName, index: index + apart, random }),
      phone: points === 'email' ? null : typedPhone(mobile(index + apart), random),
      company: random.chance(0.3)
        ? `${random.pick(['Restaurant', 'Domaine', 'Brasserie', 'Hôtel'])} ${lastName}`
        : null,
    },
  }
}

function drawEvents(moment: number, random: Random): Lead['events'] {
  const minutesBefore = Array.from({ length: random.integer(0, 9) }, () =>
    random.integer(1, 30 * 24 * 60),
  ).sort((a, b) => b - a)
  return minutesBefore.map((minutes) => ({
    type: random.weighted(eventTypes),
    at: isoSecond(moment - minutes * 60_000),
  }))
}

function mediumOf(source: string, random: Random): string {
  switch (source) {
    case 'google':
      return random.pick(['organic', 'cpc'])
    case 'newsletter':
      return 'email'
    case 'facebook':
      return 'social'
    default:
      return source === 'direct' ? 'none' : 'referral'
  }
}

function isoSecond(moment: number): string {
  return `${new Date(moment).toISOString().slice(0, 19)}Z`
}
