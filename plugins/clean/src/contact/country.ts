import { type CountryCode, isSupportedCountry } from 'libphonenumber-js/max'
import { bareText } from './bare-text.ts'

/** ISO 3166 alpha-2; null where a cell names no country that is known. */
export type RowCountry = CountryCode | null

/** What people and exports write beside the two letters of ISO 3166 and the names of the country. */
const others: Readonly<Record<string, CountryCode>> = {
  fra: 'FR',
  f: 'FR',
  'france metropolitaine': 'FR',
  bel: 'BE',
  b: 'BE',
  che: 'CH',
  lux: 'LU',
  l: 'LU',
  deu: 'DE',
  ger: 'DE',
  d: 'DE',
  allemagne: 'DE',
  aut: 'AT',
  ita: 'IT',
  i: 'IT',
  esp: 'ES',
  e: 'ES',
  prt: 'PT',
  nld: 'NL',
  hollande: 'NL',
  holland: 'NL',
  'the netherlands': 'NL',
  gbr: 'GB',
  uk: 'GB',
  england: 'GB',
  scotland: 'GB',
  wales: 'GB',
  angleterre: 'GB',
  'great britain': 'GB',
  'grande bretagne': 'GB',
  irl: 'IE',
  dnk: 'DK',
  swe: 'SE',
  nor: 'NO',
  fin: 'FI',
  pol: 'PL',
  cze: 'CZ',
  'republique tcheque': 'CZ',
  'czech republic': 'CZ',
  mco: 'MC',
  usa: 'US',
  'united states of america': 'US',
  'etats unis d amerique': 'US',
  can: 'CA',
  mar: 'MA',
  dza: 'DZ',
  tun: 'TN',
  glp: 'GP',
  mtq: 'MQ',
  guf: 'GF',
  guyane: 'GF',
  reu: 'RE',
  'la reunion': 'RE',
  myt: 'YT',
}
const languages = ['en', 'fr', 'de', 'es', 'it', 'nl', 'pt']

let names: ReadonlyMap<string, CountryCode> | undefined
const known = new Map<string, RowCountry>()

/** The country that a cell names: its code, or its name in one of seven languages. A blank cell names the `usual` one. */
export function countryOf(text: string, usual: CountryCode): RowCountry {
  if (text.length > 60) return null
  if (!known.has(text)) {
    if (known.size > 10_000) known.clear()
    known.set(text, look(text))
  }
  return bareText(text) === '' ? usual : (known.get(text) ?? null)
}

function look(text: string): RowCountry {
  const word = wordOf(bareText(text))
  const code = word.toUpperCase()
  if (/^[A-Z]{2}$/.test(code) && code !== 'UK') return isSupportedCountry(code) ? code : null
  names ??= namesOfCountries()
  return names.get(word) ?? null
}

/** From the names that Unicode keeps (CLDR), as Node carries them. */
function namesOfCountries(): ReadonlyMap<string, CountryCode> {
  const found = new Map<string, CountryCode>()
  const letters = [...'ABCDEFGHIJKLMNOPQRSTUVWXYZ']
  for (const language of languages) {
    const display = new Intl.DisplayNames([language], { type: 'region', fallback: 'none' })
    for (const code of letters.flatMap((a) => letters.map((b) => a + b)))
      if (isSupportedCountry(code)) {
        const name = display.of(code)
        if (name !== undefined && !found.has(wordOf(name))) found.set(wordOf(name), code)
      }
  }
  for (const [name, code] of Object.entries(others)) found.set(name, code)
  return found
}

function wordOf(text: string): string {
  return text
    .normalize('NFD')
    .replace(/\p{M}/gu, '')
    .toLowerCase()
    .replace(/[^\p{L}]+/gu, ' ')
    .trim()
}
