import { createHash } from 'node:crypto'
import { existsSync, readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { writeWhole } from '@sillage/base'
import type { DeliveryMode } from '@sillage/sdk'

/** A stage as it delivers to one destination under one key: what was accepted there says nothing of another. */
export interface DeliveryPlace {
  readonly stage: string
  /** Where, as people are told: without query and secrets. */
  readonly destination: string
  readonly key: readonly string[]
  readonly mode: DeliveryMode
}

/** The name of the folders of a place. */
export function placeName(
  stage: string,
  { destination, key }: { readonly destination: string; readonly key: readonly string[] },
): string {
  const hash = createHash('sha256')
    .update(JSON.stringify([destination, key]))
    .digest('hex')
  return `${stage}-${hash.slice(0, 12)}`
}

/** Folders of the deliveries of a pipeline below a state folder. */
export interface DeliveryFolders {
  readonly deliveries: string
  readonly outbox: string
}

export function deliveryFolders(state: string, pipeline: string): DeliveryFolders {
  return { deliveries: join(state, 'deliveries', pipeline), outbox: join(state, 'outbox', pipeline) }
}

const aboutFile = 'place.json'

/** Notes what a place is, where that is new. */
export function notePlace(folder: string, place: DeliveryPlace): void {
  const text = `${JSON.stringify(place)}\n`
  const file = join(folder, aboutFile)
  if (existsSync(file) && readFileSync(file, 'utf8') === text) return
  writeWhole(file, text)
}

/** The places of a pipeline to which something was delivered, by the names of their folders. */
export function knownPlaces({ deliveries }: DeliveryFolders): ReadonlyMap<string, DeliveryPlace> {
  if (!existsSync(deliveries)) return new Map()
  return new Map(
    readdirSync(deliveries)
      .sort()
      .flatMap((name) => {
        const file = join(deliveries, name, aboutFile)
        return existsSync(file)
          ? [[name, JSON.parse(readFileSync(file, 'utf8')) as DeliveryPlace] as const]
          : []
      }),
  )
}
