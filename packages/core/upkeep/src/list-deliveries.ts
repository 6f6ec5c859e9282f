import {
  type Delivered,
  deliveredOf,
  deliveryFolders,
  type PlaceStanding,
  placeStandings,
} from '@sillage/deliver'
import type { Places } from '@sillage/plan'
import type { OpenDatabase } from '@sillage/sql'
import { openState } from '@sillage/state'

/** What a pipeline delivered, and how it stands with each receiver. */
export interface ListedDeliveries {
  readonly deliveries: readonly Delivered[]
  readonly receivers: readonly PlaceStanding[]
}

/** Reads the state alone: it works while a run goes on, and where there is neither a mart nor a working database. */
export async function listDeliveries({
  places,
  pipeline,
  openDatabase,
}: {
  readonly places: Places
  readonly pipeline: string
  readonly openDatabase: OpenDatabase
}): Promise<ListedDeliveries> {
  await using database = await openDatabase({ path: ':memory:' })
  using session = await database.session()
  return {
    deliveries: deliveredOf(openState(places.state), pipeline),
    receivers: await placeStandings(session, deliveryFolders(places.state, pipeline)),
  }
}
