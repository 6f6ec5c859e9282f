import type { Random } from '@sillage/stats'

const providers = ['courriel.example', 'boite.example', 'messagerie.example', 'maposte.example'] as const
/** Ranges that the French regulator keeps for fiction: 10,000 numbers each. */
const landlineRanges: Readonly<Record<string, string>> = {
  '1': '019900',
  '2': '026191',
  '3': '035301',
  '4': '046571',
  '5': '053649',
}
const mobileRange = '063998'

/** Which of the five old zones of numbering a département lies in, roughly. */
const zones: readonly (readonly [string, string])[] = [
  ['1', '75 77 78 91 92 93 94 95'],
  ['2', '14 18 22 27 28 29 35 36 37 41 44 45 49 50 53 56 61 72 76 85'],
  ['3', '02 08 10 21 25 39 51 52 54 55 57 58 59 60 62 67 68 70 71 80 88 89 90'],
  ['4', '01 03 04 05 06 07 11 13 15 26 30 34 38 42 43 48 63 66 69 73 74 83 84 2A 2B'],
]

/** A number of the département's zone; different for each index below 10,000. */
export function landline(departement: string, index: number): string {
  const zone = zones.find(([, list]) => list.includes(departement))?.[0] ?? '5'
  return `${landlineRanges[zone]}${spread(index)}`
}

export function mobile(index: number): string {
  return `${mobileRange}${spread(index * 3 + 17)}`
}

/** A number in one of the five spellings that the files mix. */
export function typedPhone(digits: string, random: Random): string {
  if (digits === '') return ''
  const pairs = digits.match(/../g)!
  switch (random.weighted({ spaces: 40, plain: 25, dots: 20, international: 10, dashes: 5 })) {
    case 'spaces':
      return pairs.join(' ')
    case 'plain':
      return digits
    case 'dots':
      return pairs.join('.')
    case 'international':
      return `+33 ${digits[1]} ${pairs.slice(1).join(' ')}`
    case 'dashes':
      return pairs.join('-')
  }
}

/** An address for an individual. `.example` is reserved: nothing can ever be delivered there. */
export function personalEmail({
  firstName,
  lastName,
  index,
  random,
}: {
  readonly firstName: string
  readonly lastName: string
  readonly index: number
  readonly random: Random
}): string {
  const first = slug(firstName)
  const last = slug(lastName)
  const local = random.pick([
    `${first}.${last}`,
    `${first[0]}.${last}`,
    `${last}.${first}`,
    `${first}${last}`,
  ])
  return `${local}${index}@${random.pick(providers)}`
}

/** An address for a business, and the name of its site. */
export function businessEmail(
  company: string,
  firstName: string,
  index: number,
  random: Random,
): { readonly email: string; readonly site: string } {
  const site = `${slug(company)}-${index}.example`
  return {
    email: `${random.pick(['contact', 'info', 'accueil', slug(firstName)])}@${site}`,
    site: `www.${site}`,
  }
}

/** An address that no server would accept. */
export function brokenEmail(email: string, random: Random): string {
  return random.pick([
    email.replace('@', ''),
    email.replace('.example', ''),
    email.replace('@', ' @ '),
    email.replace('.', '..').replace('@', '.@'),
    'aucun',
    'n/a',
  ])
}

/** Lower-case letters, digits and dashes, without accents. */
function slug(text: string): string {
  return withoutAccents(text)
    .toLowerCase()
    .replaceAll(/[^a-z0-9]+/g, '-')
    .replaceAll(/^-|-$/g, '')
}

export function withoutAccents(text: string): string {
  return text
    .replaceAll('œ', 'oe')
    .replaceAll('Œ', 'OE')
    .replaceAll('’', "'")
    .normalize('NFD')
    .replaceAll(/\p{M}/gu, '')
}

/** Four digits that look random and never repeat: 7,919 and 10,000 have no common factor. */
function spread(index: number): string {
  return String((index * 7919 + 1234) % 10_000).padStart(4, '0')
}
