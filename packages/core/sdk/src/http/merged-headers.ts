type HeaderTexts = Readonly<Record<string, string>>

/** Headers by lower-case name; if a name occurs twice, however it is spelled, the last one wins. */
export function mergedHeaders(...sets: readonly (HeaderTexts | undefined)[]): HeaderTexts {
  const named = sets.flatMap((set) => Object.entries(set ?? {}))
  return Object.fromEntries(named.map(([name, text]) => [name.toLowerCase(), text]))
}
