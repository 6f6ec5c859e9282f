import type { Random } from '@sillage/stats'
import { asOf, dayOf } from './calendar.ts'
import type { Atlas } from './communes.ts'
import { apeCode, companyName } from './companies.ts'
import { businessEmail, landline, mobile, personalEmail } from './contact-points.ts'
import { drawInvoices, purchaseDays } from './invoices.ts'
import { firstNames, streetKinds, streetNames, surnames } from './names.ts'
import { type Activity, type Address, activities, type Person, type Segment } from './person.ts'
import { drawSiret } from './siret.ts'

/** How many people the case has, by what they are. 640 clients and 1,400 prospects. */
const people: Readonly<Record<Activity, { readonly clients: number; readonly prospects: number }>> = {
  restaurateur: { clients: 200, prospects: 580 },
  domaine: { clients: 150, prospects: 405 },
  particulier: { clients: 290, prospects: 415 },
}
const invoiceCount = 2300

const clientSegments: readonly (readonly [Segment, number])[] = [
  ['nouveau_client', 45],
  ['client_chaud', 120],
  ['client_actif', 190],
  ['client_sur_le_depart', 150],
  ['client_perdu', 135],
]

/** Everyone: the 640 clients first, then the prospects. */
export function drawPopulation(atlas: Atlas, random: Random): readonly Person[] {
  const clientKinds = random
    .fork('kinds')
    .shuffled(activities.flatMap((kind) => Array<Activity>(people[kind].clients).fill(kind)))
  const prospectKinds = activities.flatMap((kind) => Array<Activity>(people[kind].prospects).fill(kind))
  const clients = clientSegments.flatMap(([segment, count]) => Array<Segment>(count).fill(segment))
  const counts = invoicesByClient(clients, random.fork('counts'))
  return [...clientKinds, ...prospectKinds].map((kind, index) => {
    const mine = random.fork(`person ${index}`)
    const segment = clients[index]
    const person = drawPerson(kind, index, atlas, mine)
    if (segment === undefined) return person
    const onTheEdge = segment !== clients[index - 1] && segment !== 'nouveau_client'
    const days = purchaseDays({ segment, count: counts[index]!, onTheEdge, random: mine.fork('days') })
    return {
      ...person,
      activity: kind,
      segment,
      invoices: drawInvoices(days, kind, person.channel, mine.fork('invoices')),
    }
  })
}

/** At least one invoice each; the others go more often to some, and rarely to new clients. They add up to 2,300. */
function invoicesByClient(clients: readonly Segment[], random: Random): readonly number[] {
  const counts = clients.map(() => 1)
  const appetite = clients.map(
    (segment) =>
      (segment === 'nouveau_client' ? 0.15 : segment === 'client_chaud' ? 1.6 : 1) * random.uniform() ** 2,
  )
  const tickets = appetite.flatMap((weight, client) => Array<number>(Math.round(weight * 100)).fill(client))
  for (let left = invoiceCount - clients.length; left > 0; left -= 1) counts[random.pick(tickets)]! += 1
  return counts
}

function drawPerson(kind: Activity, index: number, atlas: Atlas, random: Random): Person {
  const civility = random.chance(kind === 'particulier' ? 0.5 : 0.38) ? 'Mme' : 'M.'
  const firstName = random.pick(firstNames[civility])
  const lastName = random.pick(surnames)
  const company = companyName(kind, lastName, random)
  const address = drawAddress(kind, atlas, random)
  const moved = random.chance(0.14)
  const business = company === '' ? undefined : businessEmail(company, firstName, index, random)
  const email = business?.email ?? personalEmail({ firstName, lastName, index, random })
  const ecological = random.chance(0.34)
  const boughtEco = random.chance(ecological ? 0.4 : 0.06)
  const activity = random.chance(0.07) ? '' : kind
  const eco = ecological || boughtEco
  return {
    id: `P${String(index + 1).padStart(5, '0')}`,
    activity,
    kind,
    civility,
    firstName,
    lastName,
    company,
    siret: company === '' ? '' : drawSiret(random),
    ape: apeCode(kind, random),
    address,
    formerAddress: moved ? drawAddress(kind, atlas, random) : address,
    movedOn: moved ? random.integer(dayOf('2010-01-01'), asOf - 1) : undefined,
    email,
    formerEmail: random.chance(0.08)
      ? personalEmail({ firstName, lastName, index: index + 5000, random })
      : email,
    landline: landline(address.departement, index),
    mobile: mobile(index),
    birth: random.integer(dayOf('1938-01-01'), dayOf('1994-12-31')),
    ecological,
    ordersAYear: drawOrders(kind, random),
    productionTenths: kind === 'domaine' ? random.integer(5, 40) ** 2 * random.integer(2, 12) : 0,
    website: business !== undefined && random.chance(0.6) ? business.site : '',
    fairs: random.chance(0.3)
      ? random
          .shuffled([
            'Vinexpo',
            'SIRHA',
            'Salon des vignerons indépendants',
            'Foire de Paris',
            'Millésime Bio',
          ])
          .slice(0, random.integer(1, 3))
      : [],
    ecoPurchase: boughtEco
      ? random.weighted({ vin_bio: 60, citerne: 12, photovoltaique: 18, autre: 10 })
      : '',
    channel: random.weighted({ salon: 30, article: 15, flyer: 15, autre: 15, inconnu: 25 }),
    consents: drawConsents(random),
    invoices: [],
    segment: prospectSegment(activity, eco),
  }
}

function prospectSegment(activity: Activity | '', eco: boolean): Segment {
  switch (activity) {
    case '':
      return 'a_qualifier'
    case 'restaurateur':
      return 'prospect_restaurateur'
    case 'domaine':
      return 'prospect_domaine'
    case 'particulier':
      return eco ? 'prospect_particulier_eco' : 'prospect_particulier'
  }
}

function drawAddress(kind: Activity, atlas: Atlas, random: Random): Address {
  const commune = kind === 'domaine' ? atlas.village(random) : atlas.town(random)
  const number = `${random.integer(1, 160)}${random.chance(0.06) ? ' bis' : ''}`
  const street =
    kind === 'domaine' && random.chance(0.35)
      ? `Lieu-dit ${random.pick(['La Croix', 'Les Combes', 'Le Bourg', 'Les Grands Champs'])}`
      : `${number} ${random.pick(streetKinds)} ${random.pick(streetNames)}`
  return {
    street,
    postcode: random.pick(commune.postcodes),
    city: commune.name,
    departement: commune.departement,
  }
}

/** Orders of wine a year: the bounds of the cabinet's sizes (6, 12, 52) are all met. */
function drawOrders(kind: Activity, random: Random): number {
  switch (kind) {
    case 'restaurateur':
      return random.pick([4, 6, 8, 11, 12, 12, 18, 24, 24, 36, 48, 51, 52, 52, 60, 104])
    case 'domaine':
      return random.pick([0, 0, 1, 2, 4])
    case 'particulier':
      return random.pick([0, 1, 2, 2, 3, 4, 5, 6, 6, 8, 12, 20])
  }
}

function drawConsents(random: Random): Person['consents'] {
  return {
    email: random.weighted({ oui: 62, non: 20, '': 18 }),
    sms: random.weighted({ oui: 34, non: 31, '': 35 }),
    tel: random.weighted({ oui: 48, non: 24, '': 28 }),
    post: random.weighted({ oui: 78, non: 8, '': 14 }),
  }
}
