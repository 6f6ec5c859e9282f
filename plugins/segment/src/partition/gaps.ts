import type { Problem } from '@sillage/sdk'

/** A named half-open interval [from, below). */
export interface Tier {
  readonly name: string
  readonly from?: number
  readonly below?: number
}

/** Every way in which tiers fail to be a partition of the numbers, each saying what falls between. */
export function findGaps(tiers: readonly Tier[]): readonly Problem[] {
  const empty = tiers.flatMap((tier, index) => (low(tier) < high(tier) ? [] : [emptyTier(tier, index)]))
  if (empty.length > 0) return empty
  const rising = tiers
    .map((tier, index) => ({ ...tier, index }))
    .sort((a, b) => low(a) - low(b) || high(a) - high(b))
  const order = rising.map(({ index }) => index)
  const sortedOrder =
    order.every((index, position) => index === position) ||
    order.every((index, position) => index === tiers.length - 1 - position)
  if (!sortedOrder) return [unordered(rising)]
  const first = rising[0]!
  const last = rising.at(-1)!
  return [
    ...(first.from === undefined
      ? []
      : [
          hole(
            first.index,
            'from',
            `below ${first.from}`,
            `leave \`from\` out of "${first.name}", or add a tier { below: ${first.from} }`,
          ),
        ]),
    ...rising.slice(1).flatMap((tier, position) => between(rising[position]!, tier)),
    ...(last.below === undefined
      ? []
      : [
          hole(
            last.index,
            'below',
            `from ${last.below} up`,
            `leave \`below\` out of "${last.name}", or add a tier { from: ${last.below} }`,
          ),
        ]),
  ]
}

function between(
  lower: Tier & { readonly index: number },
  upper: Tier & { readonly index: number },
): readonly Problem[] {
  const end = high(lower)
  const start = low(upper)
  if (end === start) return []
  if (end < start)
    return [
      hole(
        upper.index,
        'from',
        `from ${end} to less than ${start}`,
        `let "${upper.name}" begin at ${end}, or add a tier { from: ${end}, below: ${start} }`,
      ),
    ]
  const shared = `${Number.isFinite(start) ? `from ${start} ` : ''}${Number.isFinite(Math.min(end, high(upper))) ? `to less than ${Math.min(end, high(upper))}` : 'up'}`
  return [
    {
      path: ['tiers', upper.index],
      code: 'tiers_overlap',
      message: `values ${shared} fall in both "${lower.name}" and "${upper.name}"`,
      hint: `let "${lower.name}" end and "${upper.name}" begin at the same value: { below: x } then { from: x }`,
    },
  ]
}

function hole(index: number, key: 'from' | 'below', values: string, hint: string): Problem {
  return {
    path: ['tiers', index, key],
    code: 'tiers_have_a_hole',
    message: `values ${values} fall in no tier`,
    hint,
  }
}

function emptyTier(tier: Tier, index: number): Problem {
  return {
    path: ['tiers', index],
    code: 'empty_tier',
    message: `no value is from ${tier.from} to less than ${tier.below}: "${tier.name}" is empty`,
    hint: 'bounds are half-open: from ≤ value < below',
  }
}

function unordered(rising: readonly Tier[]): Problem {
  return {
    path: ['tiers'],
    code: 'tiers_out_of_order',
    message: 'the tiers stand in no order of value',
    hint: `write them as ${rising.map(({ name }) => name).join(', ')}`,
  }
}

function low({ from = Number.NEGATIVE_INFINITY }: Tier): number {
  return from
}

function high({ below = Number.POSITIVE_INFINITY }: Tier): number {
  return below
}
