import { mkdir, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { createRandom } from '@sillage/stats'
import { billingFile } from './billing.ts'
import { actionsFile, drawActions } from './campaigns.ts'
import { openAtlas } from './communes.ts'
import { contactFile } from './contact-files.ts'
import { eventsFile } from './events.ts'
import { drawPopulation } from './population.ts'
import { drawSightings, drawSponsors } from './sightings.ts'
import { surveyFile } from './survey.ts'
import { truthFile } from './truth.ts'

/** The seed of the case as it is documented. */
export const josxSeed = 2014

/** A file that was written, with its size. */
export interface Written {
  readonly name: string
  readonly bytes: number
}

/** Writes the eight files of the josx case into a folder, made where it is missing. The same seed gives the same bytes. */
export async function generate({
  folder,
  seed = josxSeed,
}: {
  readonly folder: string
  readonly seed?: number
}): Promise<readonly Written[]> {
  await mkdir(folder, { recursive: true })
  const files = Object.entries(josxFiles(seed))
  await Promise.all(files.map(([name, bytes]) => writeFile(join(folder, name), bytes)))
  return files.map(([name, bytes]) => ({ name, bytes: bytes.length }))
}

/** The bytes of each file, by name. */
export function josxFiles(seed: number): Readonly<Record<string, Uint8Array>> {
  const random = createRandom(seed)
  const population = drawPopulation(openAtlas(), random.fork('population'))
  const bySource = drawSightings(population, random.fork('sightings'))
  const all = [...bySource.values()].flat()
  const sponsors = drawSponsors(all, random.fork('sponsors'))
  const contacted = drawActions(all, random.fork('actions'))
  const contacts = (source: 'restaurateurs' | 'domaines' | 'particuliers') =>
    contactFile(source, bySource.get(source)!, contacted, sponsors, random.fork(`knowledge ${source}`))
  return {
    'facturation.csv': billingFile(bySource.get('facturation')!),
    'restaurateurs.csv': contacts('restaurateurs'),
    'domaines.csv': contacts('domaines'),
    'particuliers.csv': contacts('particuliers'),
    'enquete.jsonl': surveyFile(all, random.fork('survey')),
    'actions.csv': actionsFile(contacted),
    'evenements.jsonl': eventsFile(all, random.fork('events')),
    'truth.csv': truthFile(all),
  }
}
