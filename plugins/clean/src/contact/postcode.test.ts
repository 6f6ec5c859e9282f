import type { CountryCode } from 'libphonenumber-js/max'
import { expect, it } from 'vitest'
import { countryOf } from './country.ts'
import { normalisePostcode } from './postcode.ts'

it.each([
  ["'01000", '01000'],
  ['="01000"', '01000'],
  ['"01000"', '01000'],
  ['01000.0', '01000'],
  ['1000.0', '01000'],
  ['69001.00', '69001'],
  ['01\u202f000', '01000'],
  ['\u200b01000', '01000'],
  ['F75012', '75012'],
  ['75.012', '75012'],
])('takes off what is no part of a postcode: %j', (text, value) => {
  expect(normalisePostcode(text, 'FR')).toEqual({ value, status: 'repaired' })
})

it.each<[string, CountryCode | null, string]>([
  ['1000', 'BE', '1000'],
  ['1204', 'CH', '1204'],
  ["'1111", 'LU', '1111'],
  ['10115', 'DE', '10115'],
  ['sw1a 1aa', 'GB', 'SW1A 1AA'],
  ['1000', null, '1000'],
])(
  'repairs nothing into a French code where the country says otherwise: %j in %j',
  (text, country, value) => {
    expect(normalisePostcode(text, country)).toEqual({ value, status: 'foreign' })
  },
)

it.each([
  ['FR', 'FR'],
  [' fr ', 'FR'],
  ['France', 'FR'],
  ['FRANCE\u00a0', 'FR'],
  ['Belgique', 'BE'],
  ['België', 'BE'],
  ['BEL', 'BE'],
  ['Schweiz', 'CH'],
  ['UK', 'GB'],
  ['États-Unis', 'US'],
  ['La Réunion', 'RE'],
  ['', 'FR'],
  [' ', 'FR'],
  ['XX', null],
  ['Bruxelles', null],
])('reads the country %j as %j', (text, country) => {
  expect(countryOf(text, 'FR')).toBe(country)
})
