import type { Replaces } from '@sillage/journal'

/** What a run says that takes the place of a mart of other parameters. */
export function replacesText({ run, params }: Replaces): string {
  const changed = Object.entries(params).map(
    ([name, { from, to }]) => `${name} is ${shown(to)}, was ${shown(from)}`,
  )
  return `takes the place of what run ${run} published with other parameters (${changed.join('; ')}): a pipeline has one mart. To keep both, run one in an environment of its own (--env)`
}

function shown(value: unknown): string {
  return value === null ? 'not there' : JSON.stringify(value)
}
