import type { Replaces } from '@sillage/journal'

/** What a run says that takes the place of a mart of other parameters. */
export function replacesText({ run, params }: Replaces): string {
  const names = params.map((name) => `"${name}"`).join(', ')
  return `takes the place of what run ${run} published with another ${names}: a pipeline has one mart. To keep both, run one in an environment of its own (--env)`
}
