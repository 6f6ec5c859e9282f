import type { Language } from './language.ts'

/** What a form says of a field, as JSON Schema has it. */
export interface FieldRules {
  readonly title?: string
  readonly type?: string
  readonly format?: string
  readonly enum?: readonly unknown[]
  readonly minLength?: number
  readonly maxLength?: number
  readonly minItems?: number
  readonly maxItems?: number
  readonly minimum?: number
  readonly maximum?: number
  readonly items?: { readonly enum?: readonly unknown[] }
}

/** What to do about a field that does not fit: the code of the problem, in words for who filled it in. */
export function fieldWords(code: string, rules: FieldRules, language: Language): string {
  return (language === 'fr' ? french : english)(code, rules)
}

function english(code: string, rules: FieldRules): string {
  const { minLength, maxLength, minItems, maxItems, minimum, maximum } = rules
  switch (code) {
    case 'missing':
      return 'please fill it in'
    case 'too_short':
      return minLength === 1 ? 'please fill it in' : `at least ${minLength} characters`
    case 'too_long':
      return maxLength === undefined ? 'too long' : `at most ${maxLength} characters`
    case 'too_few':
      return `choose at least ${minItems}`
    case 'too_many':
      return `choose at most ${maxItems}`
    case 'below_min':
      return `at least ${minimum}`
    case 'above_max':
      return `at most ${maximum}`
    case 'not_among':
      return `choose one of these: ${choices(rules)}`
    case 'type_wrong':
      return englishTypes[rules.type ?? ''] ?? 'please enter something else'
    case 'format_wrong':
      return englishFormats[rules.format ?? ''] ?? 'this is not written as expected'
    case 'field_unknown':
      return 'this form has no such field'
    default:
      return 'this is not written as expected'
  }
}

const englishTypes: Readonly<Record<string, string>> = {
  integer: 'please enter a whole number',
  number: 'please enter a number',
  boolean: 'please answer yes or no',
}

const englishFormats: Readonly<Record<string, string>> = {
  email: 'please enter an e-mail address, such as name@example.org',
  uri: 'please enter an address that begins with https://',
  date: 'please enter a date, such as 2026-05-23',
  'date-time': 'please enter a date and a time, such as 2026-05-23T14:00:00Z',
}

function french(code: string, rules: FieldRules): string {
  const { minLength, maxLength, minItems, maxItems, minimum, maximum } = rules
  switch (code) {
    case 'missing':
      return 'à remplir'
    case 'too_short':
      return minLength === 1 ? 'à remplir' : `au moins ${minLength} caractères`
    case 'too_long':
      return maxLength === undefined ? 'trop long' : `au plus ${maxLength} caractères`
    case 'too_few':
      return `choisissez-en au moins ${minItems}`
    case 'too_many':
      return `choisissez-en au plus ${maxItems}`
    case 'below_min':
      return `au moins ${inFrench(minimum)}`
    case 'above_max':
      return `au plus ${inFrench(maximum)}`
    case 'not_among':
      return `choisissez parmi\u00a0: ${choices(rules)}`
    case 'type_wrong':
      return frenchTypes[rules.type ?? ''] ?? 'à saisir autrement'
    case 'format_wrong':
      return frenchFormats[rules.format ?? ''] ?? 'la forme n’est pas celle attendue'
    case 'field_unknown':
      return 'ce formulaire n’a pas ce champ'
    default:
      return 'la forme n’est pas celle attendue'
  }
}

const frenchTypes: Readonly<Record<string, string>> = {
  integer: 'saisissez un nombre entier',
  number: 'saisissez un nombre',
  boolean: 'répondez par oui ou non',
}

const frenchFormats: Readonly<Record<string, string>> = {
  email: 'saisissez une adresse e-mail, par exemple nom@exemple.fr',
  uri: 'saisissez une adresse qui commence par https://',
  date: 'saisissez une date, par exemple 2026-05-23',
  'date-time': 'saisissez une date et une heure, par exemple 2026-05-23T14:00:00Z',
}

function inFrench(value: number | undefined): string {
  return value === undefined ? '' : value.toLocaleString('fr')
}

const mostChoices = 20

function choices({ enum: own, items }: FieldRules): string {
  const all = own ?? items?.enum ?? []
  return `${all.slice(0, mostChoices).map(String).join(', ')}${all.length > mostChoices ? ', …' : ''}`
}
