import type { Random } from '@sillage/stats'
import { frenchDay } from './calendar.ts'
import { otherCompanyName } from './companies.ts'
import { brokenEmail, typedPhone } from './contact-points.ts'
import type { Row } from './csv.ts'
import { mojibake, typedCase, typedCity, typo } from './dirt.ts'
import type { Person } from './person.ts'

/** What makes a row differ from the truth, or from the person's other rows. */
export type Change =
  | 'typo'
  | 'moved'
  | 'email_changed'
  | 'email_invalid'
  | 'names_swapped'
  | 'company_renamed'
  | 'mojibake'
  | 'wrong_postcode'

export interface Typed {
  readonly values: Row
  readonly changes: readonly Change[]
}

interface Facts {
  readonly person: Person
  readonly duplicate: boolean
  readonly random: Random
}

/** The columns of identity and contact as a clerk typed them, and what the clerk got wrong. */
export function typeContact(facts: Facts): Typed {
  const changes = new Set<Change>()
  const spoil: Spoil = (change, probability, text, spoiled) => {
    if (!facts.random.chance(probability)) return text
    const result = spoiled(text)
    if (result !== text) changes.add(change)
    return result
  }
  const values = { ...typedNames(facts, spoil), ...typedPlace(facts, spoil), ...typedPoints(facts, spoil) }
  return { values, changes: [...changes] }
}

/** Spoils a text with a probability, and remembers it where the text did change. */
type Spoil = (change: Change, probability: number, text: string, spoiled: (text: string) => string) => string

function typedNames({ person, duplicate, random }: Facts, spoil: Spoil): Row {
  const last = spoil('typo', duplicate ? 0.3 : 0.03, person.lastName, (text) => typo(text, random))
  const names = [typedCase(last, random), typedCase(person.firstName, random)] as const
  const first = spoil('names_swapped', duplicate ? 0.04 : 0.01, names[0], () => names[1])
  const nom = spoil('mojibake', 0.03, first, mojibake)
  const company = spoil(
    'company_renamed',
    duplicate ? 0.3 : 0,
    person.company,
    (text) => text && otherCompanyName(text, random),
  )
  return {
    civilite: typedCivility(person.civility, random),
    nom,
    prenom: first === names[0] ? names[1] : names[0],
    societe: typedCase(company, random),
    ape: random.chance(0.4) ? person.ape.replace('.', '') : person.ape,
    date_naissance: person.kind === 'particulier' && random.chance(0.7) ? frenchDay(person.birth) : '',
  }
}

function typedCivility(civility: Person['civility'], random: Random): string {
  const other = civility === 'Mme' ? 'Madame' : 'M'
  return random.weighted({ [civility]: 76, [other]: 12, '': 12 })
}

function typedPlace({ person, duplicate, random }: Facts, spoil: Spoil): Row {
  const moved =
    spoil('moved', duplicate ? 0.8 : 0, person.address.street, () => person.formerAddress.street) !==
    person.address.street
  const { street, postcode, city } = moved ? person.formerAddress : person.address
  if (random.chance(0.03)) return { adresse: '', code_postal: '', ville: '' }
  const mistyped = spoil(
    'wrong_postcode',
    0.012,
    postcode,
    (text) => `${text.slice(0, 3)}${random.integer(10, 99)}`,
  )
  const zeroLost = mistyped.startsWith('0') && random.chance(0.3)
  return {
    adresse: typedCase(street, random),
    code_postal: zeroLost ? mistyped.slice(1) : mistyped,
    ville: typedCity(city, random),
  }
}

function typedPoints({ person, duplicate, random }: Facts, spoil: Spoil): Row {
  const hasEmail = random.chance(duplicate ? 0.85 : 0.82)
  const current = spoil(
    'email_changed',
    duplicate && hasEmail ? 0.8 : 0,
    person.email,
    () => person.formerEmail,
  )
  const email = spoil('email_invalid', duplicate || !hasEmail ? 0 : 0.03, current, (text) =>
    brokenEmail(text, random),
  )
  const shape = random.weighted({ asIs: 89, upper: 7, spaced: 4 })
  const hasMobile = random.chance(duplicate ? 0.75 : 0.62) || (duplicate && !hasEmail)
  return {
    email: hasEmail ? typedEmail(email, shape) : '',
    tel_fixe: random.chance(0.55) ? typedPhone(person.landline, random) : '',
    tel_mobile: hasMobile ? typedPhone(person.mobile, random) : '',
  }
}

function typedEmail(email: string, shape: 'asIs' | 'upper' | 'spaced'): string {
  switch (shape) {
    case 'asIs':
      return email
    case 'upper':
      return email.toUpperCase()
    case 'spaced':
      return ` ${email} `
  }
}
