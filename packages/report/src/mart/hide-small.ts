/** What becomes of a count: `small` is one below the limit, `withheld` one that would let a small one be worked out. */
export type Shown = 'shown' | 'small' | 'withheld'

/**
 * Hides counts of fewer than `minGroup` people (0 tells of nobody and is shown), and as many others, the smallest first, that those
 * hidden in each set are `minGroup` people together: the total of a set is told elsewhere, and would give a lone one away. Sets are lists
 * of places among the counts.
 */
export function hideSmall(
  counts: readonly number[],
  { sets, minGroup }: { readonly sets: readonly (readonly number[])[]; readonly minGroup: number },
): readonly Shown[] {
  const shown: Shown[] = counts.map((count) => (count > 0 && count < minGroup ? 'small' : 'shown'))
  for (let changed = true; changed; ) {
    changed = false
    for (const set of sets) {
      const hidden = set.filter((place) => shown[place] !== 'shown')
      const people = hidden.reduce((sum, place) => sum + counts[place]!, 0)
      if (people === 0 || people >= minGroup) continue
      const [next] = set
        .filter((place) => shown[place] === 'shown' && counts[place]! > 0)
        .sort((a, b) => counts[a]! - counts[b]! || a - b)
      if (next === undefined) continue
      shown[next] = 'withheld'
      changed = true
    }
  }
  return shown
}
