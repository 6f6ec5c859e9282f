type HeaderTexts = Readonly<Record<string, string>>

/** Headers by their names in small letters; of those of one name, however each is spelled, the last holds. */
export function mergedHeaders(...sets: readonly (HeaderTexts | undefined)[]): HeaderTexts {
  const named = sets.flatMap((set) => Object.entries(set ?? {}))
  return Object.fromEntries(named.map(([name, text]) => [name.toLowerCase(), text]))
}
