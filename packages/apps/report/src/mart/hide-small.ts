import { eliminate, pivotOf, type Residues } from './span.ts'

/** What becomes of a count: `small` is one below the limit, `withheld` one that would let a small one be worked out. */
export type Shown = 'shown' | 'small' | 'withheld'

interface Limits {
  /** Lists of places among the counts, of each of which the total is told elsewhere. */
  readonly sets: readonly (readonly number[])[]
  readonly minGroup: number
}

/**
 * Hides counts of fewer than `minGroup` people (0 tells of nobody and is shown), and as many others, the smallest first, that those
 * hidden in each set are `minGroup` people together, and that no hidden count follows from the totals of the sets and what is shown.
 */
export function hideSmall(counts: readonly number[], { sets, minGroup }: Limits): readonly Shown[] {
  const shown: Shown[] = counts.map((count) => (count > 0 && count < minGroup ? 'small' : 'shown'))
  for (;;) {
    const given = sets.find((set) => isFew(counts, { set, shown, minGroup })) ?? []
    if (withholdNext(counts, { set: given, shown })) continue
    const lone = givenAway(counts, { sets, shown }).some((place) =>
      sets.some((set) => set.includes(place) && withholdNext(counts, { set, shown })),
    )
    if (!lone) return shown
  }
}

interface Partly {
  readonly set: readonly number[]
  readonly shown: Shown[]
}

/** True where those hidden in a set are fewer than `minGroup` together, and another one could be withheld. */
function isFew(
  counts: readonly number[],
  { set, shown, minGroup }: Partly & { readonly minGroup: number },
): boolean {
  const people = set.reduce((sum, place) => sum + (shown[place] === 'shown' ? 0 : counts[place]!), 0)
  return people > 0 && people < minGroup && set.some((place) => canWithhold(counts, shown, place))
}

function canWithhold(counts: readonly number[], shown: readonly Shown[], place: number): boolean {
  return shown[place] === 'shown' && counts[place]! > 0
}

function withholdNext(counts: readonly number[], { set, shown }: Partly): boolean {
  const [next] = set
    .filter((place) => canWithhold(counts, shown, place))
    .sort((a, b) => counts[a]! - counts[b]! || a - b)
  if (next === undefined) return false
  shown[next] = 'withheld'
  return true
}

/** Hidden places whose count is the only solution of what the totals leave: a total less what is shown is the sum of what is hidden. */
function givenAway(
  counts: readonly number[],
  { sets, shown }: { readonly sets: Limits['sets']; readonly shown: readonly Shown[] },
): readonly number[] {
  const hidden = counts.flatMap((count, place) => (shown[place] === 'shown' || count === 0 ? [] : [place]))
  const column = new Map(hidden.map((place, at) => [place, at]))
  const rows = sets
    .map((set): Residues => {
      const row = new Float64Array(hidden.length)
      for (const place of set) if (column.has(place)) row[column.get(place)!] = 1
      return row
    })
    .filter((row) => pivotOf(row) >= 0)
  for (const row of rows) eliminate(rows, row)
  return rows.flatMap((row) => {
    const at = [...row.keys()].filter((place) => row[place] !== 0)
    return at.length === 1 ? [hidden[at[0]!]!] : []
  })
}
