import { bareText } from './bare-text.ts'
import { type NameRole, writeWord } from './name-word.ts'

/**
 * A name as it is written in a letter: blanks and stray signs around it are cut; a name in capitals or small letters only gets a capital
 * at the start of each part (`JEAN-PIERRE` → `Jean-Pierre`, `DE LA FONTAINE` → `de La Fontaine`, `d'ormesson` → `d'Ormesson`); others
 * keep their own. Null where no letter is left.
 */
export function normaliseName(text: string, role: NameRole = 'last'): string | null {
  const name = withoutSigns(text.replace(/[\ufb00-\ufb06]/g, (ligature) => ligature.normalize('NFKC')))
  if (!/\p{L}/u.test(name)) return null
  const chosen = role === 'first' ? withCapital(name) : name
  const judged = withoutEntities(text)
  if (isCased(judged === text ? name : judged) && isCased(chosen)) return chosen
  const words = lowered(name).split(' ')
  return words
    .map((word, index) =>
      writeWord(word, { role, before: words[index - 1], last: index === words.length - 1 }),
    )
    .join(' ')
    .normalize('NFC')
}

function withoutSigns(text: string): string {
  const bare = bareText(text)
  const cut = bare.replace(/^[\s.,;:_*"-]+|[\s,;:_*"-]+$/gu, '')
  return cut === bare ? bare : withoutSigns(cut)
}

/** The case of an entity is that of its shop (`B&eacute;RENGER`). */
function withoutEntities(text: string): string {
  return !text.includes('&') ? text : text.replace(/&(amp;)*#?\w{1,31};/g, '')
}

const plain = /^[ -~]*$/

/** Capitals and small letters both: somebody chose them. Letters without a one-to-one pair (ß, ŉ, ª) say nothing. */
function isCased(name: string): boolean {
  if (plain.test(name)) return /[a-z]/.test(name) && /[A-Z]/.test(name)
  let capital = false
  let small = false
  for (const letter of name) {
    const [upper, lower] = [letter.toUpperCase(), letter.toLowerCase()]
    if (upper === lower || [...upper].length > 1) continue
    if (letter === lower) small = true
    else capital = true
  }
  return capital && small
}

/** In small letters; İ becomes i without the dot that Unicode would leave above it. */
function lowered(name: string): string {
  const lower = name.replace(/İ/gu, 'i').toLowerCase()
  return name.startsWith('İ') ? `İ${lower.slice(1)}` : lower
}

function withCapital(name: string): string {
  const [letter = ''] = name
  const upper = letter.toUpperCase()
  return [...upper].length === 1 ? upper + name.slice(letter.length) : name
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
  const word = bareText(text)
    .normalize('NFD')
    .replace(/[^\p{L}&]/gu, '')
    .toLowerCase()
  return civilities.find(([form]) => form.test(word))?.[1] ?? null
}
