/** The candidate a person most likely meant, or undefined where none is near (Damerau-Levenshtein, optimal string alignment). */
export function nearest(word: string, candidates: Iterable<string>): string | undefined {
  const wanted = word.toLowerCase()
  let best: string | undefined
  let bestDistance = Math.max(1, Math.floor(word.length / 3)) + 0.5
  for (const candidate of candidates) {
    const distance = editDistance(wanted, candidate.toLowerCase())
    const sameWords = sortedWords(wanted) === sortedWords(candidate.toLowerCase())
    const effective = sameWords ? 0.5 : distance
    if (effective < bestDistance) {
      best = candidate
      bestDistance = effective
    }
  }
  return best
}

/** Characters of a name that is listed: a damaged file may give any. */
const longest = 60

/** `did you mean "x"?`, or the known names where none is near; undefined where there are none. */
export function didYouMean(word: string, candidates: Iterable<string>): string | undefined {
  const known = [...candidates]
  const near = nearest(word, known)
  if (near !== undefined) return `did you mean "${near}"?`
  if (known.length === 0) return undefined
  const shown = known
    .slice(0, 12)
    .map((name) => (name.length > longest ? `${name.slice(0, longest)}…` : name))
    .join(', ')
  return `known: ${shown}${known.length > 12 ? `, … (${known.length} in all)` : ''}`
}

function sortedWords(text: string): string {
  return text
    .split(/[^\p{L}\p{N}]+/u)
    .filter(Boolean)
    .sort()
    .join(' ')
}

function editDistance(a: string, b: string): number {
  const rows = Array.from({ length: a.length + 1 }, (_, i) => [i, ...new Array<number>(b.length).fill(0)])
  for (let j = 0; j <= b.length; j += 1) rows[0]![j] = j
  for (let i = 1; i <= a.length; i += 1) {
    for (let j = 1; j <= b.length; j += 1) {
      const cost = a[i - 1] === b[j - 1] ? 0 : 1
      let value = Math.min(rows[i - 1]![j]! + 1, rows[i]![j - 1]! + 1, rows[i - 1]![j - 1]! + cost)
      if (i > 1 && j > 1 && a[i - 1] === b[j - 2] && a[i - 2] === b[j - 1])
        value = Math.min(value, rows[i - 2]![j - 2]! + 1)
      rows[i]![j] = value
    }
  }
  return rows[a.length]![b.length]!
}
