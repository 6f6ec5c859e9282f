import type { Random } from '@sillage/stats'
import { contactFiles } from './contact-files.ts'
import type { Activity, Person } from './person.ts'
import { type Sighting, type Source, sight } from './sighting.ts'

/** Rows of each file of prospects that show someone again: a client of the billing base, or someone of the same file. 360 in all. */
const copies: Readonly<
  Record<
    Exclude<Source, 'facturation'>,
    { readonly kind: Activity; readonly clients: number; readonly own: number }
  >
> = {
  restaurateurs: { kind: 'restaurateur', clients: 110, own: 10 },
  domaines: { kind: 'domaine', clients: 85, own: 10 },
  particuliers: { kind: 'particulier', clients: 135, own: 10 },
}

/** Every row of the four files that shows a person, file by file, in the order of the files. */
export function drawSightings(
  population: readonly Person[],
  random: Random,
): ReadonlyMap<Source, readonly Sighting[]> {
  const files = Object.keys(copies) as (keyof typeof copies)[]
  return new Map<Source, readonly Sighting[]>([
    ['facturation', clientSightings(population, random.fork('facturation'))],
    ...files.map((source) => [source, fileSightings(source, population, random.fork(source))] as const),
  ])
}

/** A client's code follows the day of the first invoice, as in a billing base. */
function clientSightings(population: readonly Person[], random: Random): readonly Sighting[] {
  const clients = population.filter((person) => person.invoices.length > 0)
  const byAge = clients.sort((a, b) => a.invoices[0]!.day - b.invoices[0]!.day || (a.id < b.id ? -1 : 1))
  return byAge.map((person, index) => {
    const contactId = `C${String(index + 1).padStart(4, '0')}`
    return sight({
      source: 'facturation',
      contactId,
      person,
      duplicate: false,
      random: random.fork(contactId),
    })
  })
}

function fileSightings(
  source: keyof typeof copies,
  population: readonly Person[],
  random: Random,
): readonly Sighting[] {
  const { kind, clients, own } = copies[source]
  const sameKind = population.filter((person) => person.kind === kind)
  const fresh = sameKind.filter((person) => person.invoices.length === 0)
  const again = [
    ...random.shuffled(sameKind.filter((person) => person.invoices.length > 0)).slice(0, clients),
    ...random.shuffled(fresh).slice(0, own),
  ]
  const drawn = random.shuffled([
    ...fresh.map((person) => ({ person, duplicate: false })),
    ...again.map((person) => ({ person, duplicate: true })),
  ])
  return drawn.map(({ person, duplicate }, index) => {
    const contactId = `${contactFiles[source].prefix}${String(index + 1).padStart(4, '0')}`
    return sight({ source, contactId, person, duplicate, random: random.fork(contactId) })
  })
}

/** Who sent whom: contact → contact of someone earlier in the population, so that no chain can close. */
export function drawSponsors(sightings: readonly Sighting[], random: Random): ReadonlyMap<string, string> {
  const byPerson = [...sightings].sort((a, b) =>
    a.person.id < b.person.id ? -1 : a.person.id > b.person.id ? 1 : 0,
  )
  const sponsors = new Map<string, string>()
  for (const [index, sighting] of byPerson.entries()) {
    const sponsor = byPerson[random.integer(0, index)]!
    const drawn = random.chance(0.07)
    if (drawn && sighting.source !== 'facturation' && sponsor.person.id < sighting.person.id)
      sponsors.set(sighting.contactId, sponsor.contactId)
  }
  return sponsors
}
