const particles = new Set(['de', 'du', 'des', 'von', 'van', 'der', 'den', 'y'])
const elided = /^(d)['’](?=\p{L})/iu

/**
 * A name as it is written in a letter: blanks and stray signs around it are cut; a name in capitals or small letters only gets a capital
 * at the start of each part (`JEAN-PIERRE` → `Jean-Pierre`, `DE LA FONTAINE` → `de La Fontaine`, `d'ormesson` → `d'Ormesson`); others
 * keep their own. Null where no letter is left.
 */
export function normaliseName(text: string): string | null {
  const name = text
    .normalize('NFC')
    .replace(/[\s\u00a0\u202f]+/gu, ' ')
    .replace(/^[\s.,;:_*"-]+|[\s,;:_*"-]+$/gu, '')
  if (!/\p{L}/u.test(name)) return null
  const cased = name !== name.toUpperCase() && name !== name.toLowerCase()
  return cased ? name : name.toLowerCase().split(' ').map(capitalise).join(' ')
}

function capitalise(word: string): string {
  if (particles.has(word)) return word
  const prefix = elided.exec(word)?.[0] ?? ''
  const rest = word
    .slice(prefix.length)
    .replace(/(^|[-'’(/])(\p{L})/gu, (_, before: string, letter: string) => before + letter.toUpperCase())
  return prefix + rest
}

const civilities: readonly (readonly [RegExp, string])[] = [
  [/^(m|mr|mister|monsieur|mons|herr|sir)$/, 'M.'],
  [/^(mme|madame|mlle|mademoiselle|mrs|ms|miss|frau)$/, 'Mme'],
  [/^(m|mr|monsieur)(et|ou|&)(mme|madame)$/, 'M. et Mme'],
  [/^(dr|docteur|doctor)$/, 'Dr'],
  [/^(me|maitre)$/, 'Me'],
  [/^(pr|prof|professeur)$/, 'Pr'],
]

/** `Monsieur`, `MR`, `m` → `M.`; null where it is none of those in use. */
export function normaliseCivility(text: string): string | null {
  const word = text
    .normalize('NFD')
    .replace(/[^\p{L}&]/gu, '')
    .toLowerCase()
  return civilities.find(([form]) => form.test(word))?.[1] ?? null
}
