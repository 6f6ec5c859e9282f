/** What a column of names holds: a particle is one in a surname, and no first name begins with one. */
export type NameRole = 'first' | 'last' | 'full'

/** French, Portuguese, Spanish and Italian: they stand within first names too (`Maria da Conceição`). */
const romance = new Set('de du des da das do dos del della dello degli dei delle di y'.split(' '))
/** German and Dutch, and the Portuguese `e` and the Catalan `i`: within surnames only. */
const others = new Set('von vom zu zum zur van der den ter ten te op e i'.split(' '))
/** Particles that are nobody's first name: a full name may begin with them. */
const neverFirst = new Set(['de', 'du'])
/** Spanish articles behind `de`, as in `de los Santos`; the French one keeps its capital (`de La Tour`). */
const articles = new Set(['los', 'las'])
const apostrophe = "'’ʼ´`"
const elided = new RegExp(`^(d|dell|dall|degl)[${apostrophe}](?=\\p{L})`, 'u')
const dutchArticle = new RegExp(`^[${apostrophe}][tsn](?=$|-)`, 'u')
const letterOfPart = new RegExp(`(^|[-${apostrophe}./(&+])(\\p{L}\\p{M}*)`, 'gu')
/** `L’S` is no name's part; a single S behind an apostrophe stays small. */
const possessive = new RegExp(`[${apostrophe}]S(?=$|-)`, 'gu')
const roman = /^(?=[ivx]{2})x{0,3}(ix|iv|v?i{0,3})$/

/** Letters of ASCII alone, and no Scottish prefix: nearly all words. */
const plainWord = /^(?!mc)[a-z]+$/

interface WordPlace {
  readonly role: NameRole
  /** The word before, undefined for the first. */
  readonly before: string | undefined
  readonly last: boolean
}

/** One word of a name in small letters, with the capitals that its place gives it. */
export function writeWord(word: string, place: WordPlace): string {
  if (isParticle(word, place)) return word
  if (place.before !== undefined && roman.test(word)) return word.toUpperCase()
  if (plainWord.test(word)) return word[0]!.toUpperCase() + word.slice(1)
  const small =
    dutchArticle.exec(word)?.[0] ?? (beginsSurname(place) ? elided.exec(word)?.[0] : undefined) ?? ''
  const rest = word
    .slice(small.length)
    .replace(letterOfPart, (_, before: string, letter: string) => before + capital(letter))
    .replace(possessive, (found) => found.toLowerCase())
    .replace(/(?<!\p{L})Mc(\p{L})(?=\p{L})/gu, (_, letter: string) => `Mc${capital(letter)}`)
  return small + rest
}

/** A particle is one before a further word, and never where a first name begins. */
function isParticle(word: string, { role, before, last }: WordPlace): boolean {
  if (last) return false
  const first = before === undefined
  if (before === 'de' && articles.has(word)) return true
  if (role === 'first') return !first && romance.has(word) && word !== 'y' && word !== 'des'
  if (role === 'full' && first) return neverFirst.has(word)
  if (word.length === 1 && (first || (role === 'full' && word !== 'y'))) return false
  return romance.has(word) || others.has(word)
}

function beginsSurname({ role, before }: WordPlace): boolean {
  return role === 'last' || before !== undefined
}

/** The capital of a letter that has one of its own: ß, ŉ and the like stay. */
function capital(letter: string): string {
  const upper = letter.toUpperCase()
  return [...upper].length > [...letter].length ? letter : upper
}
