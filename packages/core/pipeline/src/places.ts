import { join, resolve } from 'node:path'

/** Where a project keeps its things; an environment has its own. Absolute folders. */
export interface Places {
  /** Working databases, journals and caches. */
  readonly work: string
  readonly marts: string
  /** What cannot be computed again, of this environment. */
  readonly state: string
  /** Who asked to be forgotten: the same list in every environment. */
  readonly suppressions: string
  readonly secrets: string
  /** Below which files of an environment that does not send are written; absent where they go where the pipeline says. */
  readonly outputs?: string
}

/** What an environment says of its places. */
export interface PlacesText {
  readonly work?: string
  readonly marts?: string
  readonly state?: string
  readonly secrets?: string
  readonly outputs?: string
  readonly send?: boolean
}

/** Where things are kept: today's places without an environment, places of its own with one. */
export function placesOf(folder: string, name?: string, environment: PlacesText = {}): Places {
  const own = (given: string | undefined, usual: string): string => resolve(folder, given ?? usual)
  return {
    work: own(environment.work, name === undefined ? '.sillage' : join('.sillage', `@${name}`)),
    marts: own(environment.marts, name === undefined ? 'marts' : join('marts', name)),
    state: own(environment.state, name === undefined ? 'state' : join('state', `@${name}`)),
    suppressions: resolve(folder, 'state'),
    secrets: own(environment.secrets, 'secrets'),
    ...(name === undefined || environment.send === true
      ? {}
      : { outputs: own(environment.outputs, join('outputs', `@${name}`)) }),
  }
}
