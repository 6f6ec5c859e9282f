import type { Random } from '@sillage/stats'
import { dayOf, isoDay } from './calendar.ts'
import { refusals } from './campaigns.ts'
import type { Sighting } from './sighting.ts'

const answerCount = 420

/** One answer to the survey of spring 2014, as a web form stores it. */
interface Answer {
  readonly reponse_id: string
  readonly date: string
  /** Null where the person came without a link of ours; then `email` says who. */
  readonly contact_id: string | null
  readonly email: string | null
  readonly activite: string | null
  readonly ecologique: boolean | null
  readonly commandes_vin_an: number | null
  readonly production_hl: number | null
  readonly bouteilles_an: number | null
  /** Share of organic wine, as text: `35 %`, or `7,21 TP3T`, which is what a form made of `7,2 %`. */
  readonly part_vin_bio: string | null
  readonly salons: readonly string[]
  readonly achat_eco: boolean | null
  readonly achat_eco_type: string | null
  readonly interet: 'oui' | 'non' | 'ne_sait_pas'
  readonly raison: string | null
  /** How likely they are to recommend JOSX, 0 to 10. */
  readonly note: number | null
}

/** The lines of `enquete.jsonl`, in the order of days; a dozen people answer twice. */
export function surveyFile(sightings: readonly Sighting[], random: Random): Uint8Array {
  const reachable = random.shuffled(
    sightings.filter((sighting) => sighting.row.email && !sighting.changes.includes('email_invalid')),
  )
  const chosen = [...reachable.slice(0, answerCount - 12), ...reachable.slice(0, 12)]
  const days = chosen
    .map(() => random.integer(dayOf('2014-04-07'), dayOf('2014-05-20')))
    .sort((a, b) => a - b)
  const lines = chosen.map((sighting, index) =>
    answerOf(sighting, index, days[index]!, random.fork(`answer ${index}`)),
  )
  return new TextEncoder().encode(lines.map((line) => `${JSON.stringify(line)}\n`).join(''))
}

function answerOf({ contactId, person, row }: Sighting, index: number, day: number, random: Random): Answer {
  const interet = random.weighted({ oui: person.ecological ? 58 : 28, non: 40, ne_sait_pas: 18 })
  const told = <T>(value: T, probability = 0.85): T | null => (random.chance(probability) ? value : null)
  const estate = person.kind === 'domaine'
  const linked = random.chance(0.9)
  const boughtEco = told(person.ecoPurchase !== '')
  return {
    reponse_id: `Q${String(index + 1).padStart(4, '0')}`,
    date: isoDay(day),
    contact_id: linked ? contactId : null,
    email: linked && random.chance(0.5) ? null : row.email!.trim().toLowerCase(),
    activite: told(person.kind, 0.9),
    ecologique: told(person.ecological, 0.95),
    commandes_vin_an: told(person.ordersAYear),
    production_hl: estate ? told(person.productionTenths / 10) : null,
    bouteilles_an: estate ? told(Math.floor((person.productionTenths * 40) / 3), 0.6) : null,
    part_vin_bio: person.kind === 'particulier' ? null : told(organicShare(random), 0.7),
    salons: person.fairs,
    achat_eco: boughtEco,
    achat_eco_type: boughtEco === true ? person.ecoPurchase : null,
    interet,
    raison: interet === 'non' ? random.pick(refusals) : null,
    note: told(random.integer(interet === 'non' ? 2 : 5, 10), 0.9),
  }
}

function organicShare(random: Random): string {
  const share = random.chance(0.2)
    ? `${random.integer(1, 60)},${random.integer(1, 9)}`
    : String(random.integer(0, 20) * 5)
  return random.chance(0.04) ? `${share}1 TP3T` : random.chance(0.2) ? `${share}%` : `${share} %`
}
