import { mkdir, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { createRandom, type Random } from '@sillage/stats'
import { type Fault, faultCounts, faults, spoil } from './faults.ts'
import { type Drawn, drawLeads } from './lead.ts'

/** The seed of the data as they are documented. */
export const webLeadsSeed = 2014
const lineCount = 2000

export interface Written {
  readonly name: string
  readonly bytes: number
}

/** Writes `leads.jsonl` and `truth.csv` into a folder, made where it is missing. The same seed gives the same bytes. */
export async function generate({
  folder,
  seed = webLeadsSeed,
}: {
  readonly folder: string
  readonly seed?: number
}): Promise<readonly Written[]> {
  await mkdir(folder, { recursive: true })
  const files = Object.entries(webLeadsFiles(seed))
  await Promise.all(files.map(([name, bytes]) => writeFile(join(folder, name), bytes)))
  return files.map(([name, bytes]) => ({ name, bytes: bytes.length }))
}

/** The bytes of each file, by name. */
export function webLeadsFiles(seed: number): Readonly<Record<string, Uint8Array>> {
  const random = createRandom(seed)
  const drawn = drawLeads(lineCount, random.fork('leads'))
  const lines = writtenLines(drawn, faultByLine(random.fork('places')), random.fork('faults'))
  const lineBreak = Uint8Array.of(0x0a)
  return {
    'leads.jsonl': Buffer.concat(lines.flatMap(({ bytes }) => [bytes, lineBreak])),
    'truth.csv': new TextEncoder().encode(
      ['line,id,person_id,fault,variant\n', ...lines.map(({ truth }) => `${truth.join(',')}\n`)].join(''),
    ),
  }
}

interface WrittenLine {
  readonly bytes: Uint8Array
  readonly truth: readonly (string | number)[]
}

/** Which line (from 0) has which fault: never one of the first ten, so that a look at the top of the file sees good lines. */
function faultByLine(random: Random): ReadonlyMap<number, Fault> {
  const places = random.shuffled(Array.from({ length: lineCount - 10 }, (_, index) => index + 10))
  const list = faults.flatMap((fault) => Array<Fault>(faultCounts[fault]).fill(fault))
  return new Map(list.map((fault, index) => [places[index]!, fault]))
}

function writtenLines(
  drawn: readonly Drawn[],
  faulty: ReadonlyMap<number, Fault>,
  random: Random,
): readonly WrittenLine[] {
  const turns = new Map<Fault, number>()
  return drawn.map(({ lead, personId }, index) => {
    const fault = faulty.get(index)
    if (fault === undefined)
      return {
        bytes: new TextEncoder().encode(JSON.stringify(lead)),
        truth: [index + 1, lead.id, personId, '', ''],
      }
    const turn = turns.get(fault) ?? 0
    turns.set(fault, turn + 1)
    const earlier = drawn[earlierGoodLine(index, faulty, random)]!
    const { bytes, variant } = spoil(fault, {
      lead,
      earlier: earlier.lead,
      turn,
      random: random.fork(`line ${index}`),
    })
    const shown = fault === 'duplicate_id' ? earlier.lead.id : lead.id
    return {
      bytes,
      truth: [index + 1, shown, variant === 'same_person' ? earlier.personId : personId, fault, variant],
    }
  })
}

function earlierGoodLine(index: number, faulty: ReadonlyMap<number, Fault>, random: Random): number {
  let line = random.integer(0, index - 1)
  while (faulty.has(line)) line = random.integer(0, index - 1)
  return line
}
